using System.Collections.Concurrent;
using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

/// <summary>Verdicts and decisions as text, so that tests compare and read all of them. Digests that have a name are shown by it.</summary>
internal static class QuorumText
{
    private static readonly ConcurrentDictionary<Digest, string> Names = new();

    public static Digest Name(string name, Digest digest)
    {
        Names[digest] = name;
        return digest;
    }

    public static string Of(QuorumVerdict verdict) => verdict switch
    {
        QuorumVerdict.Again again => $"again: {Of(again.First)}",
        QuorumVerdict.Equivocation equivocation => $"equivocation after {Of(equivocation.First.Payload)}",
        _ => verdict.Code,
    };

    public static string Of(QuorumDecision decision) => decision switch
    {
        QuorumDecision.Undecided undecided => $"undecided {undecided.Outstanding}",
        QuorumDecision.NeedsReplica needs => $"needs {needs.Count} beside {needs.Outstanding}",
        QuorumDecision.Won won => $"won {Of(won.Payload)} by {Of(won.Votes)}{Rest(won.Dissent, won.Equivocations)}",
        QuorumDecision.Failed failed => $"failed{Rest(failed.Groups, failed.Equivocations)}",
        _ => throw new InvalidOperationException(),
    };

    public static string Of(Digest digest) => Names.TryGetValue(digest, out var name) ? name : digest.ToHex();

    public static string Rest(IEnumerable<QuorumGroup> groups, IEnumerable<QuorumContradiction> equivocations) => string.Concat(
    [
        .. groups.Select(group => $"; {Of(group.Payload)} by {Of(group.Votes)}"),
        .. equivocations.Select(pair => $"; void {Of(pair.First.Node.Thumbprint)} {Of(pair.First.Payload)} {Of(pair.Second.Payload)}"),
    ]);

    private static string Of(IEnumerable<QuorumClaim> votes) => string.Join(' ', votes.Select(vote => Of(vote.Node.Thumbprint)));
}
