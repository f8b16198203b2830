using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Dispatch;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A request that passed validation, ready to be stored.</summary>
internal sealed record TaskDraft(Digest Module, string Entrypoint, Invocation Invocation, ReadOnlyMemory<byte> Stdin, int TimeoutMs)
{
    /// <summary>Name of the bundle, or null.</summary>
    public Digest? Bundle { get; init; }

    /// <summary>The hash of the content digests in statements about the task.</summary>
    public ContentHash Hash { get; init; } = ContentHash.Sha256;

    /// <summary>Digest of the module under <see cref="Hash"/> if that is not SHA-256.</summary>
    public Digest? ModuleDigest { get; init; }

    /// <summary>One of <see cref="Client.Tasks.AssuranceModes"/>.</summary>
    public string Assurance { get; init; } = Client.Tasks.AssuranceModes.SingleRun;

    /// <summary>How often the node runs the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>How many nodes run it.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How many of them must agree.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>What it asks of nodes.</summary>
    public Demand ToDemand(TaskId id, string submitter) => new() { Task = id, Submitter = submitter, MemoryBytes = Invocation.Limits.MemoryBytes, Count = Replicas };
}
