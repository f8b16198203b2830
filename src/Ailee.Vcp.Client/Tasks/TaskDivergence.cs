using Ailee.Vcp.Client.Traces;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>How the runs of a task disagreed: those of one node, or the votes of several.</summary>
/// <param name="Runs">The runs made, up to the one that disagreed with the first.</param>
/// <param name="Field">
/// What differs at the first point where the first and the last of them part: <c>name</c>, <c>arguments</c>, <c>errno</c>,
/// <c>moved</c> or <c>instructions</c> of a host call; <c>end</c> if only one made another call; <c>outcome</c>, <c>exitCode</c>,
/// <c>output</c>, <c>instructions</c> or <c>memoryPages</c> at the end; <c>leaf</c> if the leaf was not kept.
/// </param>
/// <param name="Leaf">Index of the leaf of the trace.</param>
/// <param name="Record">Number of the host call; absent if the runs part at their end.</param>
/// <param name="First">What the first run did there.</param>
/// <param name="Second">What the other run did there.</param>
public sealed record TaskDivergence(IReadOnlyList<DivergentRun> Runs, string Field, int? Leaf, long? Record, TraceEntry? First, TraceEntry? Second);

/// <summary>One of several runs.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Outcome">What the guest did.</param>
/// <param name="ExitCode">Exit code; absent unless completed.</param>
/// <param name="Output">Digest of its output record.</param>
/// <param name="Instructions">Instructions used.</param>
/// <param name="TraceRoot">Root of its trace.</param>
public sealed record DivergentRun(int Number, string Outcome, long? ExitCode, string Output, long Instructions, string TraceRoot)
{
    /// <summary>The node whose vote it is; absent for one of repeated runs.</summary>
    public string? Node { get; init; }

    /// <summary>Proof id of the vote; absent for one of repeated runs.</summary>
    public string? Statement { get; init; }
}
