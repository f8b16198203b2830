using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Reputation;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Votes;

/// <summary>What nodes get for what they said: reputation and reward, in the transaction that decides.</summary>
internal sealed class TaskScores(LedgerBook ledger, ReputationBook reputation, FleetHealth fleet)
{
    // The unreachable instruction stops exactly where it stands; of every other trap the count is a lower bound.
    private const string ExactTrap = "unreachable";

    private static readonly string OwnerHasVoted = new QuorumVerdict.OwnerHasVoted().Code;

    /// <summary>A vote was decided.</summary>
    public List<ReputationChange> Decided(IWriteTransaction transaction, SignedStatement winner, QuorumDecision.Won won, DateTimeOffset now)
    {
        var task = winner.Payload.Task;
        var changes = new List<ReputationChange>();
        foreach (var vote in won.Votes)
        {
            Pay(transaction, vote.Node, winner.Payload, now);
            changes.Add(reputation.Record(transaction, vote.Node, ReputationEventKind.Agreed, task, now));
        }

        foreach (var vote in won.Dissent.SelectMany(group => group.Votes))
        {
            changes.Add(Fault(transaction, vote.Node, ReputationEventKind.Divergent, task, now));
        }

        return changes;
    }

    /// <summary>A vote came after the decision. One that agrees is work that was asked for.</summary>
    public List<ReputationChange> Late(IWriteTransaction transaction, TaskDecision decision, bool? agrees)
    {
        var (node, payload) = (decision.Statement.Header.KeyId, decision.Statement.Payload);
        if (agrees is null)
        {
            return [];
        }

        if (agrees == false)
        {
            return [Fault(transaction, node, ReputationEventKind.Divergent, payload.Task, decision.Received)];
        }

        Pay(transaction, node, payload, decision.Received);
        return [reputation.Record(transaction, node, ReputationEventKind.LateAgreed, payload.Task, decision.Received)];
    }

    /// <summary>A node contradicted itself. However often it does so about a task, it is one fault.</summary>
    public List<ReputationChange> Equivocated(IWriteTransaction transaction, TaskDecision decision) =>
        ReputationStore.HasFault(transaction, decision.Statement.Header.KeyId, ReputationEventKind.Equivocation, decision.Task)
            ? []
            : [Fault(transaction, decision.Statement.Header.KeyId, ReputationEventKind.Equivocation, decision.Task, decision.Received)];

    /// <summary>An audit came to the result of the node, or to another: then the node pays its reward back.</summary>
    public ReputationChange Audited(IWriteTransaction transaction, NodeId node, TaskId task, bool agrees, DateTimeOffset now)
    {
        if (agrees)
        {
            return reputation.Record(transaction, node, ReputationEventKind.AuditPassed, task, now);
        }

        ledger.Reverse(transaction, task, node, now);
        return Fault(transaction, node, ReputationEventKind.AuditFailed, task, now);
    }

    /// <summary>One node's word decided. It is paid for it, but nobody confirmed it: its reputation stays.</summary>
    public void Accepted(IWriteTransaction transaction, SignedStatement statement, DateTimeOffset now) => Pay(transaction, statement.Header.KeyId, statement.Payload, now);

    /// <summary>A statement was refused, or a lease came to nothing.</summary>
    /// <returns>Null for what may happen to anybody.</returns>
    public ReputationChange? Ended(IWriteTransaction transaction, Attempt attempt, string state, string reason, DateTimeOffset now) =>
        KindOf(state, reason, isAward: attempt.Price is not null) is not { } kind || IsKnown(transaction, attempt, kind, now) ? null : Fault(transaction, attempt.Node, kind, attempt.Task, now);

    // A machine that goes down takes all of its leases with it: one outage is one fault. So is one contradiction, whoever finds it first.
    // A fault of the future was dated by a clock that was ahead, and excuses nothing.
    private static bool IsKnown(IWriteTransaction transaction, Attempt attempt, ReputationEventKind kind, DateTimeOffset now) =>
        kind == ReputationEventKind.Abandoned || kind == ReputationEventKind.AwardFailed ? ReputationStore.LastFault(transaction, attempt.Node, kind) is { } last && last >= attempt.StartedAt && last <= now
        : kind == ReputationEventKind.Equivocation && ReputationStore.HasFault(transaction, attempt.Node, kind, attempt.Task);

    /// <summary>A node won an auction and did not take its lease.</summary>
    public ReputationChange AwardFailed(IWriteTransaction transaction, NodeId node, TaskId task, DateTimeOffset now) =>
        Fault(transaction, node, ReputationEventKind.AwardFailed, task, now);

    private static ReputationEventKind? KindOf(string state, string reason, bool isAward) => (state, reason) switch
    {
        (AttemptStates.Expired, _) => isAward ? ReputationEventKind.AwardFailed : ReputationEventKind.Abandoned,
        // Another clock, another engine, a restart, an answer that came too late: an honest node's word may fail these.
        (AttemptStates.Rejected, IntakeCodes.TimestampStale or IntakeCodes.TimestampFuture or IntakeCodes.CounterStale or IntakeCodes.Profile
            or IntakeCodes.LeaseEnded or QuorumIneligible.Lease or QuorumIneligible.NotEnrolled or QuorumIneligible.Void) => null,
        (AttemptStates.Rejected, _) when reason == OwnerHasVoted => null,
        (AttemptStates.Rejected, IntakeCodes.CounterSeen) => ReputationEventKind.ReplayedStatement,
        (AttemptStates.Rejected, IntakeCodes.Equivocation) => ReputationEventKind.Equivocation,
        (AttemptStates.Rejected, _) => ReputationEventKind.InvalidStatement,
        _ => null,
    };

    private ReputationChange Fault(IWriteTransaction transaction, NodeId node, ReputationEventKind kind, TaskId task, DateTimeOffset now)
    {
        if (kind.IsStrike)
        {
            ledger.Penalty(transaction, node, kind.Name, task, now);
        }

        return reputation.Record(transaction, node, kind, task, now);
    }

    private void Pay(IWriteTransaction transaction, NodeId node, StatementPayload payload, DateTimeOffset now)
    {
        var terms = AttemptStore.TermsOf(transaction, payload.Task, node);
        var exact = payload.Outcome == Outcome.Trapped && TaskOutputs.FindTrap(transaction, payload.Task) == ExactTrap;
        ledger.Reward(
            transaction, payload.Task, node, terms.Submitter, payload.Gas, payload.Outcome, exact, terms.Price, NodeSpeed.Of(payload.Gas, terms.Took), fleet.MedianGasPerSecond, now);
    }
}
