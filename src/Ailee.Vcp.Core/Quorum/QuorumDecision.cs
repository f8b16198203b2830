namespace Ailee.Vcp.Core.Quorum;

/// <summary>What becomes of a task. <see cref="Won"/> and <see cref="Failed"/> are final: nothing changes them.</summary>
public abstract record QuorumDecision
{
    private QuorumDecision()
    {
    }

    /// <summary>Whether it is final.</summary>
    public bool IsFinal => this is Won or Failed;

    /// <summary>The leases outstanding are waited for.</summary>
    /// <param name="Outstanding">How many they are, at least 1.</param>
    public sealed record Undecided(int Outstanding) : QuorumDecision;

    /// <summary>More leases are to be granted.</summary>
    /// <param name="Count">How many, at least 1, beside those outstanding.</param>
    /// <param name="Outstanding">Leases outstanding.</param>
    public sealed record NeedsReplica(int Count, int Outstanding) : QuorumDecision;

    /// <summary>A payload won.</summary>
    /// <param name="Payload">Its digest.</param>
    /// <param name="Votes">The votes for it when it won, ascending by the bytes of the node's id.</param>
    /// <param name="Dissent">The votes for others, as in <see cref="Failed"/>.</param>
    /// <param name="Equivocations">As in <see cref="Failed"/>.</param>
    public sealed record Won(
        Digest Payload,
        IReadOnlyList<QuorumClaim> Votes,
        IReadOnlyList<QuorumGroup> Dissent,
        IReadOnlyList<QuorumContradiction> Equivocations) : QuorumDecision;

    /// <summary>No payload won, and none can.</summary>
    /// <param name="Groups">The votes by payload, ascending by the bytes of the digest. None or one: too few nodes came to an end.</param>
    /// <param name="Equivocations">Nodes whose vote is void, ascending by the bytes of their ids.</param>
    public sealed record Failed(IReadOnlyList<QuorumGroup> Groups, IReadOnlyList<QuorumContradiction> Equivocations) : QuorumDecision;
}
