using System.Globalization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Client.Traces;

/// <summary>One thing that a trace tells: exactly one of start, call and finish is there.</summary>
/// <param name="Leaf">Index of the leaf that it stands in.</param>
/// <param name="Start">How the run began; the first entry.</param>
/// <param name="Call">A host call.</param>
/// <param name="Finish">How the run ended; the last entry.</param>
public sealed record TraceEntry(int Leaf, TraceStart? Start, TraceCall? Call, TraceFinish? Finish)
{
    /// <summary>The entry for an item of a leaf.</summary>
    /// <param name="hash">The hash of the trace.</param>
    /// <param name="leaf">Index of the leaf.</param>
    /// <param name="offset">Index of the item within it.</param>
    /// <param name="item">The item.</param>
    public static TraceEntry Of(ContentHash hash, int leaf, int offset, TraceItem item) => item switch
    {
        TraceItem.Start start => new(leaf, new TraceStart(hash.Text(start.Profile), hash.Text(start.Module), start.Entrypoint, hash.Text(start.Input)), null, null),
        TraceItem.HostCall call => new(leaf, null, TraceCall.Of(hash, ((leaf - 1L) * TraceLeaf.RecordsPerBlock) + offset, call), null),
        TraceItem.Finish finish => new(leaf, null, null, TraceFinish.Of(hash, finish)),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>How a run began. Digests are those of the statement.</summary>
public sealed record TraceStart(string Profile, string Module, string Entrypoint, string Input);

/// <summary>A host call.</summary>
/// <param name="Record">Its number, counted from 0 through the whole trace.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments, zero-extended, as decimal strings: 64 bits do not fit a JSON number.</param>
/// <param name="Errno">What it answered; 0 is success.</param>
/// <param name="Moved">Digest of the bytes that it moved between guest and host; absent if it moved none.</param>
/// <param name="Instructions">Instructions used when it returned.</param>
public sealed record TraceCall(long Record, string Name, IReadOnlyList<string> Arguments, int Errno, string? Moved, long Instructions)
{
    internal static TraceCall Of(ContentHash hash, long record, TraceItem.HostCall call) => new(
        record,
        call.Name,
        [.. call.Arguments.Select(argument => argument.ToString(CultureInfo.InvariantCulture))],
        call.Errno,
        call.Moved is { } moved ? hash.Text(moved) : null,
        call.Instructions);
}

/// <summary>How a run ended. Everything is as in the statement.</summary>
public sealed record TraceFinish(string Outcome, long? ExitCode, string Output, long Instructions, long MemoryPages)
{
    internal static TraceFinish Of(ContentHash hash, TraceItem.Finish finish) => new(
        finish.Outcome.ToName(),
        finish.Outcome == Core.Execution.Outcome.Completed ? finish.ExitCode : null,
        hash.Text(finish.Output),
        finish.Instructions,
        finish.MemoryPages);
}
