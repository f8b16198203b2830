using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Traces;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A statement that passed intake, and what belongs to it.</summary>
internal sealed record TaskDecision(
    TaskId Task,
    Guid Lease,
    SignedStatement Statement,
    DecidedOutput Output,
    TimeSpan WallTime,
    bool CacheHit,
    DateTimeOffset LeasedAt,
    DateTimeOffset Received)
{
    /// <summary>The trace.</summary>
    public required DecidedTrace Trace { get; init; }

    /// <summary>How often the node ran the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Whether nodes vote on it.</summary>
    public bool IsVote { get; init; }
}

/// <summary>Ends tasks: task, statement, output, attempt and counter in one transaction, so that a crash leaves all of it or nothing.</summary>
internal sealed class TaskDecisions(
    IDatabase database,
    TaskQueue queue,
    TaskWaiters waiters,
    StatementLog log,
    LogIntegrator integrator,
    ServerMetrics metrics,
    IOptions<TaskOptions> options)
{
    private const long LossesForAFailure = 10;

    /// <summary>Completes a task.</summary>
    /// <returns>Null if it is completed, or was by the same statement; otherwise the name of the intake check that failed.</returns>
    public async Task<string?> CompleteAsync(TaskDecision decision)
    {
        var (failure, decidedNow) = await database.WriteAsync(transaction => Complete(transaction, decision));
        if (decidedNow)
        {
            var payload = decision.Statement.Payload;
            queue.GivePlaceBack();
            integrator.Signal();
            if (decision.Runs > 1)
            {
                metrics.Repeated(agreed: true);
            }

            metrics.Decided(TaskStates.Completed, payload.Outcome.ToName(), payload.Instructions, payload.Gas);
            metrics.Ran(decision.WallTime, decision.LeasedAt - TimeOf(decision.Task));
            waiters.Decided(decision.Task);
        }

        return failure;
    }

    /// <summary>Fails a task whose repeated runs disagreed. Trying again would only hide it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="lease">The attempt.</param>
    /// <param name="node">The node that ran it.</param>
    /// <param name="divergence">What it says of the runs.</param>
    /// <param name="now">When.</param>
    /// <returns>Null, or the name of the intake check that failed.</returns>
    public async Task<string?> DivergeAsync(TaskId task, Guid lease, NodeId node, TaskDivergence divergence, DateTimeOffset now)
    {
        const string Code = "repeat-mismatch";
        var claims = DivergenceClaims.Read(divergence, node, database.Read(transaction => NodeStore.FindOwner(transaction, node)));
        if (claims is null)
        {
            return IntakeCodes.DivergenceMalformed;
        }

        var report = new OrchestratorPayload.Divergence(task, StatementPayload.HashName, claims, new OrchestratorPayload.TraceDivergence(divergence.Field, divergence.Leaf, divergence.Record));
        var failure = new TaskFailure(Code, "Runs of the same thing came to different ends; the first difference is in 'divergence'.", divergence);
        var ended = await database.WriteAsync(transaction =>
        {
            if (!AttemptStore.TryEnd(transaction, lease, AttemptStates.Inconclusive, Code, now))
            {
                return false;
            }

            TaskStore.Fail(transaction, task, failure, now);
            TaskStore.SetDecision(transaction, task, log.State(transaction, report, now));
            return true;
        });
        if (!ended)
        {
            return IntakeCodes.LeaseEnded;
        }

        queue.GivePlaceBack();
        integrator.Signal();
        metrics.Repeated(agreed: false);
        metrics.Decided(TaskStates.Failed, null, 0, 0);
        waiters.Decided(task);
        return null;
    }

    /// <summary>Ends an attempt that decided nothing, and queues the task again or fails it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="lease">The attempt.</param>
    /// <param name="state">How the attempt ended.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">When.</param>
    public async Task RetryAsync(TaskId task, Guid lease, string state, string reason, DateTimeOffset now)
    {
        var next = await database.WriteAsync(transaction =>
            AttemptStore.TryEnd(transaction, lease, state, reason, now) ? Requeue(transaction, task, reason, now) : null);
        switch (next)
        {
            case TaskStates.Queued:
                metrics.Retried();
                queue.Enqueue(task);
                break;
            case TaskStates.Failed:
                queue.GivePlaceBack();
                metrics.Decided(TaskStates.Failed, null, 0, 0);
                waiters.Decided(task);
                break;
        }
    }

    /// <summary>After a restart: what was running is queued again, or fails if it has been tried too often.</summary>
    public async Task RecoverAsync(DateTimeOffset now)
    {
        var queued = await database.WriteAsync(transaction =>
        {
            AttemptStore.LoseAll(transaction, now);
            foreach (var id in transaction.Query("SELECT id FROM tasks WHERE state = 'running'", row => row.TaskId(0)))
            {
                Requeue(transaction, id, "restart", now);
            }

            return TaskStore.Queued(transaction);
        });
        metrics.Load(database.Read(TaskStore.Totals));
        foreach (var id in queued)
        {
            queue.TakePlace();
            queue.Enqueue(id);
        }
    }

    private (string? Failure, bool DecidedNow) Complete(IWriteTransaction transaction, TaskDecision decision)
    {
        var statement = decision.Statement;
        if (ProofStore.FindByNode(transaction, decision.Task, statement.Header.KeyId) is { } earlier)
        {
            return (earlier == statement.Id ? null : IntakeCodes.Equivocation, false);
        }

        if (StatementIntake.CheckCounter(transaction, statement) is { } failure)
        {
            return (failure, false);
        }

        // Before the attempt ends: the vote is its lease's.
        var vote = decision.IsVote ? TaskVotes.Count(transaction, decision.Task, statement, options.Value.MaxAttempts) : null;
        if (!AttemptStore.TryEnd(transaction, decision.Lease, AttemptStates.Accepted, null, decision.Received))
        {
            // Cancelled, lost or decided otherwise. Nothing is kept of it, so the same report hears the same again.
            return (IntakeCodes.LeaseEnded, false);
        }

        StatementIntake.UseCounter(transaction, statement);
        var payload = statement.Payload;
        var completed = transaction.Execute(
            """
            UPDATE tasks SET state = 'completed', completed_ms = $now, proof = $proof, outcome = $outcome,
                   instructions = $instructions, gas = $gas, wall_time_us = $wall, cache_hit = $hit
            WHERE id = $id AND state = 'running'
            """,
            ("$now", decision.Received.ToUnixTimeMilliseconds()),
            ("$proof", statement.Id.ToArray()),
            ("$outcome", payload.Outcome.ToName()),
            ("$instructions", payload.Instructions),
            ("$gas", payload.Gas),
            ("$wall", (long)decision.WallTime.TotalMicroseconds),
            ("$hit", decision.CacheHit ? 1L : 0L),
            ("$id", decision.Task.ToArray()));
        if (completed == 0)
        {
            throw new InvalidOperationException($"Task {decision.Task} has a running attempt but is not running.");
        }

        ProofStore.Add(transaction, statement, decision.Received);
        StatementLog.Append(transaction, statement, decision.Received);
        if (vote is not null)
        {
            Certify(transaction, decision, vote.State);
        }

        TaskOutputs.Add(transaction, decision.Task, decision.Output);
        TraceStore.Add(transaction, decision.Task, decision.Trace);
        TaskFiles.Add(transaction, decision.Task, decision.Output.Files);
        return (null, true);
    }

    private void Certify(IWriteTransaction transaction, TaskDecision decision, QuorumState state)
    {
        // As long as a task has one replica its first vote decides it.
        var won = state.Decision as QuorumDecision.Won ?? throw new InvalidOperationException($"The vote of task {decision.Task} came to no decision.");
        var votes = won.Votes.Select(vote => new OrchestratorPayload.Vote(vote.Node, vote.Owner.ToString(), vote.Statement));
        var certificate = new OrchestratorPayload.Certificate(decision.Task, won.Payload, state.Policy.Quorum, state.Policy.Replicas, [.. votes]);
        TaskStore.SetDecision(transaction, decision.Task, log.State(transaction, certificate, decision.Received));
    }

    private string? Requeue(IWriteTransaction transaction, TaskId task, string reason, DateTimeOffset now)
    {
        // The same machine would come to the same end: only what may go better the next time is tried again.
        var final = reason == InconclusiveReason.Timeout.ToName() ? "The run took longer than its wall time."
            : reason == InconclusiveReason.StackLimit.ToName() ? "The guest overflowed its stack; whether it does differs between machines, so nobody signs it."
            : IsSpent(transaction, task) ? $"No attempt came to a result; the last ended by: {reason}."
            : null;
        if (final is null)
        {
            return TaskStore.TryMove(transaction, task, TaskStates.Running, TaskStates.Queued) ? TaskStates.Queued : null;
        }

        var code = reason is "timeout" or "stack-limit" ? reason : "attempts-exhausted";
        TaskStore.Fail(transaction, task, new TaskFailure(code, final), now);
        return TaskStates.Failed;
    }

    // Most leases that a stopped server loses never ran, so those count for a tenth: enough that a guest which ends its server does
    // not do it for ever, and too little for a few restarts to fail what merely waited.
    private bool IsSpent(IWriteTransaction transaction, TaskId task)
    {
        var (failures, losses) = AttemptStore.Spent(transaction, task);
        return failures + (losses / LossesForAFailure) >= options.Value.MaxAttempts;
    }

    private static DateTimeOffset TimeOf(TaskId id) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(id.ToArray()) >> 16));
}
