using System.Text.Json.Serialization;
using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>A decision; what its kind does not have is left out.</summary>
internal sealed record QuorumDecisionVector(string Kind)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Outstanding { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Payload { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QuorumVoteVector>? Votes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QuorumGroupVector>? Groups { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QuorumContradictionVector>? Equivocations { get; init; }

    public static QuorumDecisionVector Of(QuorumDecision decision) => decision switch
    {
        QuorumDecision.Undecided undecided => new("undecided") { Outstanding = undecided.Outstanding },
        QuorumDecision.NeedsReplica needs => new("needs-replica") { Count = needs.Count, Outstanding = needs.Outstanding },
        QuorumDecision.Won won => new("won")
        {
            Payload = won.Payload.ToHex(),
            Votes = [.. won.Votes.Select(QuorumVoteVector.Of)],
            Groups = Of(won.Dissent),
            Equivocations = Of(won.Equivocations),
        },
        QuorumDecision.Failed failed => new("failed") { Groups = Of(failed.Groups), Equivocations = Of(failed.Equivocations) },
        _ => throw new InvalidOperationException(),
    };

    private static IReadOnlyList<QuorumGroupVector> Of(IReadOnlyList<QuorumGroup> groups) =>
        [.. groups.Select(group => new QuorumGroupVector(group.Payload.ToHex(), [.. group.Votes.Select(QuorumVoteVector.Of)]))];

    private static IReadOnlyList<QuorumContradictionVector> Of(IReadOnlyList<QuorumContradiction> pairs) =>
        [.. pairs.Select(pair => new QuorumContradictionVector(
            pair.First.Node.ToString(),
            pair.First.Payload.ToHex(),
            pair.First.Statement.ToHex(),
            pair.Second.Payload.ToHex(),
            pair.Second.Statement.ToHex()))];
}

internal sealed record QuorumVoteVector(string Node, string Owner, string Statement)
{
    public static QuorumVoteVector Of(QuorumClaim vote) => new(vote.Node.ToString(), vote.Owner.ToString(), vote.Statement.ToHex());
}

internal sealed record QuorumGroupVector(string Payload, IReadOnlyList<QuorumVoteVector> Votes);

internal sealed record QuorumContradictionVector(string Node, string FirstPayload, string FirstStatement, string SecondPayload, string SecondStatement);
