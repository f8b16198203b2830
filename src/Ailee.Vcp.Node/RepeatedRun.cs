using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Node;

/// <summary>Runs a guest several times, all of which must come to the same. Of each run but the first and the last only a line is kept.</summary>
internal static class RepeatedRun
{
    /// <summary>Runs until all runs are made, one is inconclusive, or one differs from the first.</summary>
    /// <returns>The first run, or the one that was inconclusive, with the wall time of all; and how two of them disagreed.</returns>
    public static (ExecutionResult Result, TaskDivergence? Divergence) Make(int runs, Func<ExecutionResult> execute)
    {
        var first = execute();
        if (runs <= 1 || first is not ExecutionResult.Conclusive kept)
        {
            return (first, null);
        }

        var (total, made) = (first.WallTime, new List<DivergentRun> { Line(1, kept) });
        while (made.Count < runs)
        {
            var next = execute();
            total += next.WallTime;
            if (next is not ExecutionResult.Conclusive other)
            {
                return (next with { WallTime = total }, null);
            }

            made.Add(Line(made.Count + 1, other));
            if (!Agree(kept, other))
            {
                return (kept with { WallTime = total }, Compare(kept, other, made));
            }
        }

        return (kept with { WallTime = total }, null);
    }

    /// <summary>Everything that a statement would say must be the same.</summary>
    public static bool Agree(ExecutionResult.Conclusive first, ExecutionResult.Conclusive second) =>
        first.ToPayload(default, default) == second.ToPayload(default, default);

    private static TaskDivergence Compare(ExecutionResult.Conclusive first, ExecutionResult.Conclusive second, IReadOnlyList<DivergentRun> made)
    {
        var hash = first.Request.Hash;
        var difference = TraceComparison.FirstDifference(first.Trace.ToKept(), second.Trace.ToKept());
        // The finish of the trace has what the statement has, so runs that differ have traces that differ.
        return difference is null
            ? new TaskDivergence(made, TraceFields.Leaf, null, null, null, null)
            : new TaskDivergence(made, difference.Field, difference.Leaf, difference.Record, Entry(hash, difference, difference.First), Entry(hash, difference, difference.Second));
    }

    private static TraceEntry? Entry(ContentHash hash, TraceDifference difference, TraceItem? item) =>
        item is null ? null : TraceEntry.Of(hash, difference.Leaf, (int)((difference.Record ?? 0) % TraceLeaf.RecordsPerBlock), item);

    private static DivergentRun Line(int number, ExecutionResult.Conclusive run) => new(
        number,
        run.Outcome.ToName(),
        run.Outcome == Outcome.Completed ? run.ExitCode : null,
        run.Request.Hash.Text(run.OutputDigest),
        run.Instructions,
        run.Request.Hash.Text(run.Trace.Root));
}
