using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Ends tasks: task, statement, output, attempt, counter, scores and rewards in one transaction, so that a crash leaves all of it or nothing.</summary>
internal sealed class TaskDecisions(
    IDatabase database,
    TaskVotes votes,
    TaskScores scores,
    TaskAudits audits,
    TaskRetries retries,
    TaskEffects effects,
    StatementLog log,
    NodeRegistry registry,
    LeaseTable leases,
    Dispatcher dispatcher,
    ServerMetrics metrics,
    ServerClock clock,
    IOptions<TaskOptions> options,
    IOptions<NodeOptions> nodes)
{
    // How long a lease that was granted before the restart may be renewed.
    private static readonly TimeSpan LongestAfterRestart = TimeSpan.FromDays(1);

    /// <summary>Takes a statement that passed intake.</summary>
    /// <returns>Null if it counts, or did before; otherwise the name of the intake check that failed.</returns>
    public async Task<string?> CompleteAsync(TaskDecision decision)
    {
        var consequence = await database.WriteAsync(transaction => Complete(transaction, decision));
        if (consequence.Ended is not null)
        {
            metrics.Ran(decision.Cost.WallTime, decision.Attempt.StartedAt - decision.Task.CreatedAt);
            if (decision.Attempt.Runs > 1)
            {
                metrics.Repeated(agreed: true);
            }

            Measure(decision, consequence.Result);
        }

        effects.Apply(consequence);
        return consequence.Refusal;
    }

    /// <summary>Fails a task whose repeated runs disagreed. Trying again would only hide it.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="divergence">What its node says of the runs.</param>
    /// <param name="now">When.</param>
    /// <returns>Null, or the name of the intake check that failed.</returns>
    public async Task<string?> DivergeAsync(Attempt attempt, TaskDivergence divergence, DateTimeOffset now)
    {
        const string Code = "repeat-mismatch";
        var claims = DivergenceClaims.Read(divergence, attempt, database.Read(transaction => NodeStore.FindOwner(transaction, attempt.Node)));
        if (claims is null)
        {
            return IntakeCodes.DivergenceMalformed;
        }

        var report = new OrchestratorPayload.Divergence(attempt.Task, attempt.Hash, claims, new OrchestratorPayload.TraceDivergence(divergence.Field, divergence.Leaf, divergence.Record));
        // Numbered here, and of no other node: the entries of the trace are all that is the node's word alone.
        var runs = divergence.Runs.Select((run, index) => run with { Number = index + 1, Node = null, Statement = null });
        var failure = new TaskFailure(Code, "Runs of the same thing came to different ends; the first difference is in 'divergence'.", divergence with { Runs = [.. runs] });
        var consequence = await database.WriteAsync(transaction =>
        {
            if (!AttemptStore.TryEnd(transaction, attempt.Lease, AttemptStates.Inconclusive, Code, now) || !TaskStore.Fail(transaction, attempt.Task, failure, now))
            {
                return new TaskConsequence(attempt.Task) { Refusal = IntakeCodes.LeaseEnded };
            }

            CandidateStore.Drop(transaction, attempt.Task);
            TaskStore.SetDecision(transaction, attempt.Task, log.State(transaction, report, now));
            return new TaskConsequence(attempt.Task) { Ended = TaskStates.Failed, Logged = true };
        });
        if (consequence.Ended is not null)
        {
            metrics.Repeated(agreed: false);
        }

        effects.Apply(consequence);
        return consequence.Refusal;
    }

    /// <summary>Ends an attempt that decided nothing, and tries the task again or fails it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="lease">The attempt.</param>
    /// <param name="state">How the attempt ended.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">When.</param>
    public async Task RetryAsync(TaskId task, Guid lease, string state, string reason, DateTimeOffset now) =>
        effects.Apply(await database.WriteAsync(transaction => End(transaction, task, lease, state, reason, now)));

    /// <summary>After a restart: what the built-in node ran is tried again, and what was leased to others waits for them.</summary>
    /// <param name="builtIn">The built-in node.</param>
    /// <param name="now">When.</param>
    public async Task RecoverAsync(NodeId builtIn, DateTimeOffset now)
    {
        List<TaskConsequence> ended =
        [
            .. await database.WriteAsync(transaction => Lose(transaction, builtIn, now)),
            .. await database.WriteAsync(transaction => Review(transaction, now)),
        ];
        metrics.Load(database.Read(TaskStore.Totals));
        var uptime = clock.Uptime;
        var until = uptime + nodes.Value.EffectiveLeaseTtl;
        foreach (var (lease, task, node) in database.Read(AttemptStore.Running))
        {
            leases.Add(new RunningLease(lease, task, node), until, uptime + LongestAfterRestart);
            dispatcher.SetOutstanding(node, leases.Count(node));
        }

        effects.Recover([.. database.Read(TaskStore.Open), .. ended.Where(consequence => consequence.Ended is not null).Select(consequence => consequence.Task)]);
        foreach (var consequence in ended)
        {
            effects.Apply(consequence);
        }
    }

    /// <summary>Ends votes that can come to no decision any more, after nodes were put aside.</summary>
    public async Task ReviewAsync(DateTimeOffset now)
    {
        foreach (var consequence in await database.WriteAsync(transaction => Review(transaction, now)))
        {
            effects.Apply(consequence);
        }
    }

    // With a log that is read-only nothing can be decided, and no lease is granted: what was lost is found at the next start.
    private List<TaskConsequence> Lose(IWriteTransaction transaction, NodeId builtIn, DateTimeOffset now) => LogStore.FindReadOnly(transaction) is not null ? []
        : AttemptStore.LoseAll(transaction, builtIn, now).ConvertAll(lost => Follow(transaction, AttemptStore.Find(transaction, lost)!, AttemptStates.Lost, "restart", now));

    // The engine may be another than before the restart, and owners may be gone.
    private List<TaskConsequence> Review(IWriteTransaction transaction, DateTimeOffset now) => LogStore.FindReadOnly(transaction) is not null ? [] :
    [
        .. from task in TaskStore.Open(transaction)
           let policy = TaskPolicies.Read(transaction, task, options.Value.MaxAttempts)
           where policy.IsVote
           let consequence = votes.Review(transaction, task, policy, now)
           where consequence.Ended is not null
           select consequence,
    ];

    private TaskConsequence End(IWriteTransaction transaction, TaskId task, Guid lease, string state, string reason, DateTimeOffset now)
    {
        if (AttemptStore.Find(transaction, lease) is not { } attempt)
        {
            return new TaskConsequence(task);
        }

        if (AttemptStore.TryEnd(transaction, lease, state, reason, now))
        {
            return Follow(transaction, attempt, state, reason, now);
        }

        // It ended before, but what came of that may not have been told: then this is the second try.
        var isAudit = attempt.Purpose == AttemptPurposes.Audit;
        return new TaskConsequence(task) { NeedsLeases = !isAudit && !TaskStates.IsFinal(attempt.TaskState), AuditsDue = isAudit };
    }

    private TaskConsequence Follow(IWriteTransaction transaction, Attempt attempt, string state, string reason, DateTimeOffset now)
    {
        var task = attempt.Task;
        var change = scores.Ended(transaction, attempt, state, reason, now);
        var policy = TaskPolicies.Read(transaction, task, options.Value.MaxAttempts);
        var followed = attempt.Purpose == AttemptPurposes.Audit ? TaskAudits.Ended(transaction, task)
            : TaskStates.IsFinal(attempt.TaskState) ? new TaskConsequence(task)
            : policy.IsVote ? votes.End(transaction, task, policy, attempt.Lease, state is AttemptStates.Lost or AttemptStates.Cancelled, reason, now)
            : retries.Retry(transaction, task, policy, reason, now);
        return change is null ? followed : followed with { Reputation = [.. followed.Reputation, change] };
    }

    private TaskConsequence Complete(IWriteTransaction transaction, TaskDecision decision)
    {
        var (statement, payload) = (decision.Statement, decision.Statement.Payload);
        if (decision.Attempt.Purpose == AttemptPurposes.Audit)
        {
            return audits.Complete(transaction, decision);
        }

        var policy = TaskPolicies.Read(transaction, decision.Task, options.Value.MaxAttempts);
        if (policy.IsVote)
        {
            return votes.Receive(transaction, decision, policy);
        }

        if (ProofStore.FindByNode(transaction, decision.Task, statement.Header.KeyId) is { } earlier)
        {
            return earlier == statement.Id ? new TaskConsequence(decision.Task)
                : Contradicts(transaction, earlier, payload) ? new TaskConsequence(decision.Task) { Refusal = IntakeCodes.Equivocation, Reputation = scores.Equivocated(transaction, decision) }
                : Refuse(decision, IntakeCodes.LeaseEnded);
        }

        if (NodeStore.FindVoter(transaction, statement.Header.KeyId) is null)
        {
            return Refuse(decision, QuorumIneligible.NotEnrolled);
        }

        if (StatementIntake.CheckCounter(transaction, statement) is { } failure)
        {
            return Refuse(decision, failure);
        }

        if (TaskStore.FindState(transaction, decision.Task) is not (TaskStates.Queued or TaskStates.Running)
            || !AttemptStore.TryAccept(transaction, decision.Lease, null, decision.Cost, decision.Received))
        {
            // Cancelled, lost or decided otherwise. Nothing is kept of it, so the same report hears the same again.
            return Refuse(decision, IntakeCodes.LeaseEnded);
        }

        StatementIntake.UseCounter(transaction, statement);
        CandidateStore.Accept(transaction, payload, decision.Content);
        TaskStore.Complete(transaction, statement, decision.Cost, decision.Received);
        ProofStore.Add(transaction, statement, decision.Received);
        StatementLog.Append(transaction, statement, decision.Received);
        scores.Accepted(transaction, statement, decision.Received);
        var audited = audits.Draw(transaction, policy, statement, decision.Received);
        return new TaskConsequence(decision.Task)
        {
            Ended = TaskStates.Completed,
            Result = payload,
            Logged = true,
            AuditsDue = audited,
            Revoked = AttemptStore.EndRunning(transaction, decision.Task, AttemptStates.Cancelled, "task-decided", decision.Received),
        };
    }

    // Only what was agreed on: what a node says alone about its gas says nothing of its speed.
    private void Measure(TaskDecision decision, StatementPayload? agreed)
    {
        if (decision.Attempt.IsVote && agreed == decision.Statement.Payload && NodeSpeed.Of(agreed.Gas, decision.Received - decision.Attempt.StartedAt) is { } speed)
        {
            registry.Update(decision.Attempt.Node, node => node with { GasPerSecond = NodeSpeed.Smooth(node.GasPerSecond, speed) });
        }
    }

    private static bool Contradicts(IReadTransaction transaction, Digest earlier, StatementPayload payload) =>
        ProofStore.FindStatement(transaction, earlier) is { } stored && SignedStatement.TryDecode(stored, out _)!.Payload != payload;

    private static TaskConsequence Refuse(TaskDecision decision, string code) => new(decision.Task) { Refusal = code };
}
