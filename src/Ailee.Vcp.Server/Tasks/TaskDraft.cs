using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A request that passed validation, ready to be stored.</summary>
internal sealed record TaskDraft(Digest Module, string Entrypoint, Invocation Invocation, ReadOnlyMemory<byte> Stdin, int TimeoutMs)
{
    /// <summary>One of <see cref="Client.Tasks.AssuranceModes"/>.</summary>
    public string Assurance { get; init; } = Client.Tasks.AssuranceModes.SingleRun;

    /// <summary>How often the node runs the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>How many nodes run it.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How many of them must agree.</summary>
    public int Quorum { get; init; } = 1;
}
