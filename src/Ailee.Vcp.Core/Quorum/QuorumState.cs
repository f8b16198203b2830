namespace Ailee.Vcp.Core.Quorum;

/// <summary>Where a lease is.</summary>
public enum QuorumLeaseState
{
    /// <summary>A vote may come of it.</summary>
    Outstanding,

    /// <summary>Ended, by a vote or without one.</summary>
    Ended,

    /// <summary>Ended because the orchestrator did.</summary>
    Lost,
}

/// <summary>A lease of the task.</summary>
/// <param name="Granted">How it was granted.</param>
/// <param name="State">Where it is now.</param>
public sealed record QuorumLease(QuorumEvent.LeaseGranted Granted, QuorumLeaseState State);

/// <summary>A claim and what was made of it.</summary>
public sealed record QuorumAnswer(QuorumClaim Claim, QuorumVerdict Verdict);

/// <summary>
/// All that is known of a task's votes: immutable, and only <see cref="QuorumAggregator"/> makes the next. The same events in the
/// same order give the same state.
/// </summary>
public sealed record QuorumState
{
    private QuorumState(TaskId task, QuorumPolicy policy)
    {
        (Task, Policy) = (task, policy);
        Decision = new QuorumDecision.NeedsReplica(policy.Replicas, 0);
    }

    /// <summary>The task.</summary>
    public TaskId Task { get; }

    /// <summary>Its policy.</summary>
    public QuorumPolicy Policy { get; }

    /// <summary>Its profile; null before the first lease.</summary>
    public Digest? Profile => Leases.Count == 0 ? null : Leases[0].Granted.Profile;

    /// <summary>Every lease granted, in order.</summary>
    public IReadOnlyList<QuorumLease> Leases { get; internal init; } = [];

    /// <summary>Every claim that was new and eligible, in order. At most two payloads for a node.</summary>
    public IReadOnlyList<QuorumAnswer> Answers { get; internal init; } = [];

    /// <summary>The votes, in order of arrival: none twice for a node or an owner, none for an owner with a lease outstanding. Fixed by the decision.</summary>
    public IReadOnlyList<QuorumClaim> Votes { get; internal init; } = [];

    /// <summary>Whether no more leases will come.</summary>
    public bool Exhausted { get; internal init; }

    /// <summary>What becomes of the task.</summary>
    public QuorumDecision Decision { get; internal init; }

    /// <summary>Who has a vote or a lease outstanding. Each node and each owner occurs once at most: R is the number of these.</summary>
    internal IEnumerable<(NodeId Node, OwnerId Owner)> Places =>
        Votes.Select(vote => (vote.Node, vote.Owner))
            .Concat(Leases.Where(lease => lease.State == QuorumLeaseState.Outstanding).Select(lease => (lease.Granted.Node, lease.Granted.Owner)));

    /// <summary>Leases outstanding.</summary>
    internal int Outstanding => Leases.Count(lease => lease.State == QuorumLeaseState.Outstanding);

    /// <summary>A task of which nothing happened yet.</summary>
    public static QuorumState Start(TaskId task, QuorumPolicy policy) => new(task, policy);
}
