using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Traces;

/// <summary>One thing that a trace tells (docs/design/trace.md): how the run began, a host call, how it ended.</summary>
public abstract record TraceItem
{
    private TraceItem()
    {
    }

    /// <summary>How the run began.</summary>
    public sealed record Start(Digest Profile, Digest Module, string Entrypoint, Digest Input) : TraceItem;

    /// <summary>A call of the guest into the host.</summary>
    /// <param name="Name">The function.</param>
    /// <param name="Arguments">Its arguments, zero-extended.</param>
    /// <param name="Errno">What it answered.</param>
    /// <param name="Moved">Digest of the bytes moved between guest and host, or null if none were.</param>
    /// <param name="Instructions">Instructions used when it returned.</param>
    public sealed record HostCall(string Name, IReadOnlyList<ulong> Arguments, int Errno, Digest? Moved, long Instructions) : TraceItem;

    /// <summary>How the run ended, as the statement says it.</summary>
    public sealed record Finish(Outcome Outcome, long ExitCode, Digest Output, long Instructions, long MemoryPages) : TraceItem;
}
