namespace Ailee.Vcp.Core.Quorum;

/// <summary>Who said what.</summary>
/// <param name="Node">The node that signed.</param>
/// <param name="Owner">Who answered for it when it did.</param>
/// <param name="Payload">SHA-256 of the payload's bytes.</param>
/// <param name="Statement">SHA-256 of the statement's bytes.</param>
public sealed record QuorumClaim(NodeId Node, OwnerId Owner, Digest Payload, Digest Statement);

/// <summary>Two claims of one node that contradict each other.</summary>
/// <param name="First">What it said first.</param>
/// <param name="Second">What it said then.</param>
public sealed record QuorumContradiction(QuorumClaim First, QuorumClaim Second);

/// <summary>Votes for one payload.</summary>
/// <param name="Payload">The payload's digest.</param>
/// <param name="Votes">The votes, at least one, ascending by the bytes of the node's id.</param>
public sealed record QuorumGroup(Digest Payload, IReadOnlyList<QuorumClaim> Votes)
{
    /// <summary>The votes by payload, ascending by the bytes of the digest.</summary>
    internal static IReadOnlyList<QuorumGroup> Of(IEnumerable<QuorumClaim> votes) =>
    [
        .. votes.GroupBy(vote => vote.Payload)
            .OrderBy(group => group.Key.ToHex(), StringComparer.Ordinal)
            .Select(group => new QuorumGroup(group.Key, [.. group.OrderBy(vote => vote.Node.Thumbprint.ToHex(), StringComparer.Ordinal)])),
    ];
}
