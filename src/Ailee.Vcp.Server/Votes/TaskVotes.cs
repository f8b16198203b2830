using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Votes;

/// <summary>Tasks on which nodes vote: what leases and statements do to them, within the transaction that they happen in (docs/design/quorum.md).</summary>
internal sealed class TaskVotes(StatementLog log, TaskScores scores, EligibleOwners owners)
{
    /// <summary>Lets a node have a lease; false if it would not be a vote.</summary>
    public static bool TryGrant(IWriteTransaction transaction, TaskId task, TaskPolicy policy, Guid lease, NodeId node, OwnerId owner, DateTimeOffset now)
    {
        var profile = EngineProfile.DigestOf(TaskStore.FindHash(transaction, task));
        var step = Apply(transaction, task, policy, new QuorumEvent.LeaseGranted(lease, node, owner, profile), now);
        return step.Verdict is QuorumVerdict.Accepted;
    }

    /// <summary>Tells that a lease ended without a vote.</summary>
    public TaskConsequence End(IWriteTransaction transaction, TaskId task, TaskPolicy policy, Guid lease, bool lost, string reason, DateTimeOffset now)
    {
        var step = Apply(transaction, task, policy, new QuorumEvent.LeaseEnded(lease, lost), now);
        return step.Changed ? Follow(transaction, task, policy, step.State, reason, now) : new TaskConsequence(task);
    }

    /// <summary>Ends an undecided task that nobody is left for: its profile is another engine's, or its owners are gone.</summary>
    public TaskConsequence Review(IWriteTransaction transaction, TaskId task, TaskPolicy policy, DateTimeOffset now) =>
        Follow(transaction, task, policy, VoteStore.Load(transaction, task, policy.ToQuorum()), null, now);

    /// <summary>Tells that nobody takes the leases that an undecided task still needs.</summary>
    public TaskConsequence Exhaust(IWriteTransaction transaction, TaskId task, TaskPolicy policy, string reason, DateTimeOffset now) =>
        Follow(transaction, task, policy, Apply(transaction, task, policy, new QuorumEvent.ReplicasExhausted(), now).State, reason, now);

    /// <summary>Counts a statement that passed intake.</summary>
    public TaskConsequence Receive(IWriteTransaction transaction, TaskDecision decision, TaskPolicy policy)
    {
        var (statement, now) = (decision.Statement, decision.Received);
        var payload = statement.Payload;
        var node = statement.Header.KeyId;
        var received = new QuorumEvent.StatementReceived(
            payload.Task, node, NodeStore.FindVoter(transaction, node), payload.Profile, statement.PayloadDigest, statement.Id);
        var before = VoteStore.Load(transaction, payload.Task, policy.ToQuorum());
        var step = QuorumAggregator.Apply(before, received);
        var known = step.Verdict;
        if (known is QuorumVerdict.Again { First: QuorumVerdict.Counted or QuorumVerdict.Late })
        {
            // It may have come for another lease of the node: this one has done its work too.
            AttemptStore.TryAccept(transaction, decision.Lease, null, decision.Cost, now);
        }

        if (known is QuorumVerdict.Again or QuorumVerdict.NotEligible)
        {
            return Answer(payload.Task, known);
        }

        // The vote does not hear of a task that was called off, nor of how a lease ended: only one that runs or expired may be accepted.
        var attempt = AttemptStore.Find(transaction, decision.Lease)!;
        if ((TaskStates.IsFinal(attempt.TaskState) && !before.Decision.IsFinal) || (known is not QuorumVerdict.Equivocation && !attempt.MayCount))
        {
            return new TaskConsequence(payload.Task) { Refusal = IntakeCodes.LeaseEnded };
        }

        if (StatementIntake.CheckCounter(transaction, statement) is { } failure)
        {
            return new TaskConsequence(payload.Task) { Refusal = failure };
        }

        StatementIntake.UseCounter(transaction, statement);
        if (step.Changed)
        {
            VoteStore.Append(transaction, payload.Task, received, statement.Bytes, now);
        }

        return known switch
        {
            QuorumVerdict.Counted => Counted(transaction, decision, policy, step.State),
            QuorumVerdict.Equivocation => Equivocated(transaction, decision, policy, step.State),
            QuorumVerdict.Late late => Late(transaction, decision, late),
            _ => Refused(transaction, decision, known.Code),
        };
    }

    /// <summary>Owners who get no lease: those with a place, and those of whom a node contradicted itself. One whose lease ended without a vote may be asked again.</summary>
    public static HashSet<OwnerId> Barred(QuorumState state) =>
    [
        .. state.Votes.Select(vote => vote.Owner),
        .. state.Leases.Where(lease => lease.State == QuorumLeaseState.Outstanding).Select(lease => lease.Granted.Owner),
        .. state.Answers.Where(answer => answer.Verdict is QuorumVerdict.Equivocation).Select(answer => answer.Claim.Owner),
    ];

    private static QuorumStep Apply(IWriteTransaction transaction, TaskId task, TaskPolicy policy, QuorumEvent happened, DateTimeOffset now)
    {
        var step = QuorumAggregator.Apply(VoteStore.Load(transaction, task, policy.ToQuorum()), happened);
        if (step.Changed)
        {
            VoteStore.Append(transaction, task, happened, default, now);
        }

        return step;
    }

    private static TaskConsequence Answer(TaskId task, QuorumVerdict verdict) => verdict switch
    {
        QuorumVerdict.Again again => Answer(task, again.First),
        QuorumVerdict.Counted or QuorumVerdict.Late or QuorumVerdict.Accepted => new TaskConsequence(task),
        _ => new TaskConsequence(task) { Refusal = verdict.Code },
    };

    private TaskConsequence Counted(IWriteTransaction transaction, TaskDecision decision, TaskPolicy policy, QuorumState state)
    {
        if (decision.Content is { } content)
        {
            CandidateStore.Add(transaction, decision.Statement.Payload, content);
        }

        AttemptStore.TryAccept(transaction, decision.Lease, null, decision.Cost, decision.Received);
        return Follow(transaction, decision.Task, policy, state, null, decision.Received);
    }

    private TaskConsequence Equivocated(IWriteTransaction transaction, TaskDecision decision, TaskPolicy policy, QuorumState state)
    {
        AttemptStore.TryEnd(transaction, decision.Lease, AttemptStates.Rejected, IntakeCodes.Equivocation, decision.Received);
        var changes = scores.Equivocated(transaction, decision);
        var followed = state.Decision.IsFinal ? new TaskConsequence(decision.Task) : Follow(transaction, decision.Task, policy, state, IntakeCodes.Equivocation, decision.Received);
        return followed with { Refusal = IntakeCodes.Equivocation, Reputation = [.. followed.Reputation, .. changes] };
    }

    // It changes nothing that was decided; it is kept, scored and, if it agrees, paid.
    private TaskConsequence Late(IWriteTransaction transaction, TaskDecision decision, QuorumVerdict.Late late)
    {
        AttemptStore.TryAccept(transaction, decision.Lease, late.Code, decision.Cost, decision.Received);
        Publish(transaction, decision.Statement, decision.Received);
        return new TaskConsequence(decision.Task) { Logged = true, Reputation = scores.Late(transaction, decision, late.Agrees) };
    }

    private static TaskConsequence Refused(IWriteTransaction transaction, TaskDecision decision, string code)
    {
        AttemptStore.TryEnd(transaction, decision.Lease, AttemptStates.Rejected, code, decision.Received);
        return new TaskConsequence(decision.Task) { Refusal = code };
    }

    private TaskConsequence Follow(IWriteTransaction transaction, TaskId task, TaskPolicy policy, QuorumState state, string? reason, DateTimeOffset now)
    {
        if (state.Decision is QuorumDecision.NeedsReplica && !OwnerIsLeft(transaction, state))
        {
            state = Apply(transaction, task, policy, new QuorumEvent.ReplicasExhausted(), now).State;
        }

        return state.Decision switch
        {
            QuorumDecision.Won won => Win(transaction, task, state, won, now),
            QuorumDecision.Failed failed => Fail(transaction, task, failed, reason, now),
            QuorumDecision.NeedsReplica => Await(transaction, task, state) with { NeedsLeases = true },
            _ => Await(transaction, task, state),
        };
    }

    private static TaskConsequence Await(IWriteTransaction transaction, TaskId task, QuorumState state)
    {
        if (state.Votes.Count > 0)
        {
            TaskStore.Verify(transaction, task);
        }

        return new TaskConsequence(task);
    }

    private TaskConsequence Win(IWriteTransaction transaction, TaskId task, QuorumState state, QuorumDecision.Won won, DateTimeOffset now)
    {
        var statements = VoteStore.Statements(transaction, task);
        var winner = statements[won.Votes[0].Statement];
        CandidateStore.Settle(transaction, winner.Payload);
        foreach (var vote in state.Votes)
        {
            Publish(transaction, statements[vote.Statement], now);
        }

        TaskStore.Complete(transaction, winner, AttemptStore.CostOf(transaction, task, winner.Header.KeyId), now);
        var votes = won.Votes.Select(vote => new OrchestratorPayload.Vote(vote.Node, vote.Owner.ToString(), vote.Statement));
        var certificate = new OrchestratorPayload.Certificate(task, won.Payload, state.Policy.Quorum, state.Policy.Replicas, [.. votes]);
        TaskStore.SetDecision(transaction, task, log.State(transaction, certificate, now));
        return new TaskConsequence(task)
        {
            Ended = TaskStates.Completed,
            Result = winner.Payload,
            Logged = true,
            Reputation = scores.Decided(transaction, winner, won, now),
        };
    }

    private TaskConsequence Fail(IWriteTransaction transaction, TaskId task, QuorumDecision.Failed failed, string? reason, DateTimeOffset now)
    {
        var statements = VoteStore.Statements(transaction, task);
        foreach (var vote in failed.Groups.SelectMany(group => group.Votes))
        {
            Publish(transaction, statements[vote.Statement], now);
        }

        var logged = statements.Count > 0;
        if (failed.Groups.Count >= 2)
        {
            var (divergence, report) = VoteDivergence.Of(transaction, task, failed.Groups, statements);
            CandidateStore.Drop(transaction, task);
            TaskStore.Fail(transaction, task, new TaskFailure("divergence", "The nodes came to different ends, and none of them to one that enough agree on; who said what is in 'divergence'.", divergence), now);
            TaskStore.SetDecision(transaction, task, log.State(transaction, report, now));
        }
        else
        {
            var (code, message) = reason is "timeout" ? ("timeout", "Too few runs ended within their wall time.")
                : reason is AuctionRules.NoBids ? (AuctionRules.NoBids, AuctionRules.NoBidsMessage)
                : reason is "stack-limit" ? ("stack-limit", "The guest overflowed its stack; whether it does differs between machines, so nobody signs it.")
                : ("quorum-not-reached", $"Too few nodes came to a result{(reason is null ? "" : $"; the last ended by: {reason}")}.");
            CandidateStore.Drop(transaction, task);
            TaskStore.Fail(transaction, task, new TaskFailure(code, message), now);
        }

        return new TaskConsequence(task) { Ended = TaskStates.Failed, Logged = logged, Revoked = AttemptStore.EndRunning(transaction, task, AttemptStates.Cancelled, "task-failed", now) };
    }

    private static void Publish(IWriteTransaction transaction, SignedStatement statement, DateTimeOffset now)
    {
        // A node has one proof for a task; a second payload of its would be an equivocation, a second statement of the first is no news.
        if (ProofStore.FindByNode(transaction, statement.Payload.Task, statement.Header.KeyId) is null)
        {
            ProofStore.Add(transaction, statement, now);
            StatementLog.Append(transaction, statement, now);
        }
    }

    // No node that this server leases to has another profile than its own.
    private bool OwnerIsLeft(IReadTransaction transaction, QuorumState state) =>
        (state.Profile is not { } profile || profile == EngineProfile.DigestOf(TaskStore.FindHash(transaction, state.Task)))
        && DemandStore.Find(transaction, state.Task) is { Demand: var demand } && owners.AnyOther(demand, Barred(state));
}
