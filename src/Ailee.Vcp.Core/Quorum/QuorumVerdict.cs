namespace Ailee.Vcp.Core.Quorum;

/// <summary>What an event came to. <see cref="Code"/> is stable; the API shows it.</summary>
public abstract record QuorumVerdict
{
    private QuorumVerdict()
    {
    }

    /// <summary>Its name.</summary>
    public abstract string Code { get; }

    /// <summary>A lease is granted or has ended, or no more replicas will come.</summary>
    public sealed record Accepted : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "accepted";
    }

    /// <summary>No replica is needed.</summary>
    public sealed record NotNeeded : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "not-needed";
    }

    /// <summary>The statement is a vote.</summary>
    public sealed record Counted : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "counted";
    }

    /// <summary>The same was told before.</summary>
    /// <param name="First">The answer then.</param>
    public sealed record Again(QuorumVerdict First) : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "again";
    }

    /// <summary>The node claimed something else about the task before. It has no vote in the task any more.</summary>
    /// <param name="First">What it claimed.</param>
    public sealed record Equivocation(QuorumClaim First) : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "equivocation";
    }

    /// <summary>Another node of the owner has a vote or a lease outstanding; for a lease, also the node itself.</summary>
    public sealed record OwnerHasVoted : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => "owner-has-voted";
    }

    /// <summary>Not one whose word counts in this task.</summary>
    /// <param name="Reason">Why, one of <see cref="QuorumIneligible"/>.</param>
    public sealed record NotEligible(string Reason) : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => Reason;
    }

    /// <summary>The decision was made before.</summary>
    /// <param name="Agrees">Whether the statement has the payload that won; null if it is no statement, or if none won.</param>
    public sealed record Late(bool? Agrees) : QuorumVerdict
    {
        /// <inheritdoc/>
        public override string Code => Agrees switch
        {
            true => "late-agrees",
            false => "late-diverges",
            null => "late",
        };
    }
}

/// <summary>Why a node's word does not count.</summary>
public static class QuorumIneligible
{
    /// <summary>The statement is about another task.</summary>
    public const string Task = "task-mismatch";

    /// <summary>The profile is not that of the task's first lease.</summary>
    public const string Profile = "profile-mismatch";

    /// <summary>Nobody answers for the node.</summary>
    public const string NotEnrolled = "node-not-enrolled";

    /// <summary>No such lease was granted, or none of the task to this node.</summary>
    public const string Lease = "lease-unknown";

    /// <summary>The lease's id was granted to another node.</summary>
    public const string OtherLease = "lease-mismatch";

    /// <summary>The node's vote in this task is void.</summary>
    public const string Void = "vote-void";
}
