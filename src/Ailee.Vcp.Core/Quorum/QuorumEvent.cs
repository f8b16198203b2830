namespace Ailee.Vcp.Core.Quorum;

/// <summary>
/// Something that happened to a task. A statement that failed verification or intake is not among these: of it only the end of
/// its lease is told, so it has no payload that could be counted.
/// </summary>
public abstract record QuorumEvent
{
    private QuorumEvent()
    {
    }

    /// <summary>A node is to run the task.</summary>
    /// <param name="Lease">The lease, named once.</param>
    /// <param name="Node">The node, which is enrolled.</param>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Profile">Its profile. The first lease fixes that of the task.</param>
    public sealed record LeaseGranted(Guid Lease, NodeId Node, OwnerId Owner, Digest Profile) : QuorumEvent;

    /// <summary>A lease ended without a vote: inconclusive, refused, expired, cancelled or lost.</summary>
    /// <param name="Lease">The lease.</param>
    /// <param name="Lost">Whether the orchestrator itself ended and the node can do nothing about it. Ten such count as one attempt.</param>
    public sealed record LeaseEnded(Guid Lease, bool Lost) : QuorumEvent;

    /// <summary>A statement passed verification and intake.</summary>
    /// <param name="Task">The task that it names.</param>
    /// <param name="Node">The node that signed it.</param>
    /// <param name="Owner">Who answers for the node now; null if it is not enrolled, or no longer.</param>
    /// <param name="Profile">The profile that it names.</param>
    /// <param name="Payload">SHA-256 of its payload's bytes.</param>
    /// <param name="Statement">SHA-256 of its own bytes.</param>
    public sealed record StatementReceived(TaskId Task, NodeId Node, OwnerId? Owner, Digest Profile, Digest Payload, Digest Statement) : QuorumEvent;

    /// <summary>Replicas are needed, but no owner is left who could be asked. There will be no more leases.</summary>
    public sealed record ReplicasExhausted : QuorumEvent;
}
