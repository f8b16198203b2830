using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What becomes of a task that one node decides when an attempt came to nothing.</summary>
internal sealed class TaskRetries(NodeRegistry nodes, ServerClock clock, IOptions<TaskOptions> options)
{
    private const long LossesForAFailure = 10;
    private static readonly TimeSpan LongestDoubled = TimeSpan.FromMinutes(1);

    /// <summary>The longest that a task waits before it is tried again.</summary>
    public static TimeSpan LongestDelay { get; } = 1.5 * LongestDoubled;

    /// <summary>Queues the task again, or fails it.</summary>
    public TaskConsequence Retry(IWriteTransaction transaction, TaskId task, TaskPolicy policy, string reason, DateTimeOffset now)
    {
        var (failures, losses) = AttemptStore.Spent(transaction, task);
        // Most leases that a stopped server loses never ran, so those count for a tenth: enough that a guest which ends its server does
        // not do it for ever, and too little for a few restarts to fail what merely waited.
        var isSpent = failures + (losses / LossesForAFailure) >= policy.MaxAttempts;
        if ((isSpent || !MayGoBetter(transaction, task, reason)) && !AttemptStore.AnyRunning(transaction, task))
        {
            CandidateStore.Drop(transaction, task);
            TaskStore.Fail(transaction, task, Failure(reason), now);
            return new TaskConsequence(task) { Ended = TaskStates.Failed };
        }

        TaskStore.Requeue(transaction, task, reason == "restart" ? null : now + DelayAfter(failures));
        return new TaskConsequence(task) { NeedsLeases = true, Retried = true };
    }

    // The same machine would come to the same end; another may be faster, or have other stack frames.
    private bool MayGoBetter(IReadTransaction transaction, TaskId task, string reason)
    {
        if (reason != InconclusiveReason.Timeout.ToName() && reason != InconclusiveReason.StackLimit.ToName())
        {
            return true;
        }

        var tried = AttemptStore.FailedNodes(transaction, task);
        return nodes.All().Any(node => node.State(clock.Now) == NodeStates.Online && !tried.Contains(node.Id));
    }

    /// <summary>How long to wait after so many failures: doubled each time up to a minute, and up to half as long again by chance, so that tasks which failed together do not come back together.</summary>
    private TimeSpan DelayAfter(long failures)
    {
        var first = TimeSpan.FromMilliseconds(options.Value.RetryDelayMs);
        var doubled = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return (doubled < LongestDoubled ? doubled : LongestDoubled) * (1 + (Random.Shared.NextDouble() / 2));
    }

    private static TaskFailure Failure(string reason) =>
        reason == InconclusiveReason.Timeout.ToName() ? new TaskFailure(reason, "The run took longer than its wall time.")
        : reason == InconclusiveReason.StackLimit.ToName() ? new TaskFailure(reason, "The guest overflowed its stack; whether it does differs between machines, so nobody signs it.")
        : new TaskFailure("attempts-exhausted", $"No attempt came to a result; the last ended by: {reason}.");
}
