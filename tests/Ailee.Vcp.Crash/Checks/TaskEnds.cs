using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>How a task ended, in one line: the state, and the result, trap or failure.</summary>
internal static class TaskEnds
{
    public const string Trapped = "completed trapped unreachable";

    public const string TimedOut = "failed timeout";

    public static string Result(int value) => $"completed completed {value}";

    public static string Of(ComputeTask task) => task.Result is { } result
        ? $"{task.State} {result.Outcome} {result.Trap}{string.Join(',', result.Results.Select(value => value.Value.ToString()))}"
        : $"{task.State} {task.Failure?.Code}".TrimEnd();

    /// <summary>Everything of a decided task that may never change.</summary>
    public static string Facts(ComputeTask task) =>
        $"{Of(task)}; {task.Result?.Output.Digest}; {task.Metrics?.Gas}; {task.CompletedAt:O}; {task.Consensus?.Certificate} {task.Failure?.Report}; {DecidingProof(task)}";

    // An audit adds a proof later.
    private static string? DecidingProof(ComputeTask task) => task.Consensus is null ? task.Proofs is [var first, ..] ? first.Id : null : null;
}
