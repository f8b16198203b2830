using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Leases;

/// <summary>An attempt and what its task asks for.</summary>
internal sealed record Attempt(TaskId Task, NodeId Node, DateTimeOffset StartedAt, string State, Nonce Nonce, Digest Module, string Entrypoint, byte[] Invocation)
{
    /// <summary>Names it.</summary>
    public required Guid Lease { get; init; }

    /// <summary>How often the node runs the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>How many nodes run the task at first.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>One of <see cref="AssuranceModes"/>.</summary>
    public required string Assurance { get; init; }

    /// <summary>One of <see cref="AttemptPurposes"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The hash of the content digests in the statement.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>Digest of the module under <see cref="Hash"/>.</summary>
    public required Digest StatedModule { get; init; }

    /// <summary>Name of the bundle.</summary>
    public Digest? Bundle { get; init; }

    /// <summary>What the node signed; null if it did not say anything yet that could count.</summary>
    public byte[]? Statement { get; init; }

    /// <summary>State of the task.</summary>
    public required string TaskState { get; init; }

    /// <summary>The price of an auction.</summary>
    public long? Price { get; init; }

    /// <summary>Whether nodes vote on the task.</summary>
    public bool IsVote => TaskPolicies.IsVote(Assurance, Replicas);

    /// <summary>Whether what its node says may still count.</summary>
    public bool MayCount => State is AttemptStates.Running or AttemptStates.Expired;
}
