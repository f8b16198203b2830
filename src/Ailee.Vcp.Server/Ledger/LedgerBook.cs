using System.Globalization;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>
/// Posts what decided tasks earn and what faults cost. Its methods take the transaction that decides, so that a decision is there with its
/// money or not at all; each is idempotent by the key that it posts under.
/// </summary>
internal sealed partial class LedgerBook(IOptions<LedgerOptions> options, ILogger<LedgerBook> logger)
{
    /// <summary>Pays a node for a decided task, once.</summary>
    /// <param name="transaction">The transaction that decides.</param>
    /// <param name="task">The task; it is stored.</param>
    /// <param name="node">The node; it is enrolled.</param>
    /// <param name="submitter">Who pays.</param>
    /// <param name="gas">Gas that was agreed on. At least 0.</param>
    /// <param name="outcome">What was agreed on. A trap earns nothing, unless its gas is exact.</param>
    /// <param name="exactTrap">Whether a trap's gas is exact: it is <c>unreachable</c>.</param>
    /// <param name="pricePerMegaGas">The node's own bid, if it won an auction: it is paid that and no bonus. Unit: micro-credits.</param>
    /// <param name="speed">What the server measured of the node; null if unknown. Unit: gas a second.</param>
    /// <param name="fleetMedian">The median of all nodes; null if unknown. Unit: gas a second.</param>
    /// <param name="now">When.</param>
    /// <returns>Micro-credits posted; 0 if the node was paid already, or there is nothing to pay.</returns>
    public long Reward(
        IWriteTransaction transaction,
        TaskId task,
        NodeId node,
        string submitter,
        long gas,
        Outcome outcome,
        bool exactTrap,
        long? pricePerMegaGas,
        double? speed,
        double? fleetMedian,
        DateTimeOffset now)
    {
        if (!RewardMath.Earns(outcome, exactTrap))
        {
            return 0;
        }

        var price = pricePerMegaGas ?? options.Value.PricePerMegaGas;
        var permille = pricePerMegaGas is null ? Math.Min(RewardMath.BonusPermille(speed, fleetMedian), options.Value.BonusPermille) : 0;
        var basis = RewardMath.Reward(gas, price);
        var bonus = RewardMath.Bonus(basis, permille);
        return Post(transaction, new LedgerDraft($"{LedgerKinds.Reward}:{task}:{node}", LedgerKinds.Reward, LedgerAccount.OfSubmitter(submitter), LedgerAccount.OfNode(node), basis + bonus)
        {
            At = now,
            Task = task,
            Node = node,
            Detail = new LedgerDetail
            {
                Gas = gas,
                PricePerMegaGas = price,
                Bid = pricePerMegaGas is null ? null : true,
                Base = basis,
                BonusPermille = permille == 0 ? null : permille,
                Bonus = permille == 0 ? null : bonus,
            },
        });
    }

    /// <summary>Has a node pay for a fault: once for a task, node and kind; for a fault without a task, once a millisecond.</summary>
    /// <param name="transaction">The transaction that records the fault.</param>
    /// <param name="node">The node; it is enrolled.</param>
    /// <param name="kind">The fault's name, a kind of reputation event.</param>
    /// <param name="task">The task, if the fault is about one; it is stored.</param>
    /// <param name="now">When.</param>
    /// <returns>Micro-credits posted; 0 if the node paid already, or faults cost nothing.</returns>
    public long Penalty(IWriteTransaction transaction, NodeId node, string kind, TaskId? task, DateTimeOffset now)
    {
        var about = task?.ToString() ?? now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return Post(transaction, new LedgerDraft($"{LedgerKinds.Penalty}:{kind}:{about}:{node}", LedgerKinds.Penalty, LedgerAccount.OfNode(node), LedgerAccount.Treasury, options.Value.PenaltyMicroCredits)
        {
            At = now,
            Task = task,
            Node = node,
            Detail = new LedgerDetail { Fault = kind },
        });
    }

    /// <summary>Takes a node's reward for a task back, once.</summary>
    /// <param name="transaction">The transaction that records the audit.</param>
    /// <param name="task">The task.</param>
    /// <param name="node">The node.</param>
    /// <param name="now">When.</param>
    /// <returns>Micro-credits posted; 0 if the node was paid nothing, or paid it back already.</returns>
    public long Reverse(IWriteTransaction transaction, TaskId task, NodeId node, DateTimeOffset now)
    {
        var rewarded = $"{LedgerKinds.Reward}:{task}:{node}";
        return LedgerStore.FindDebit(transaction, rewarded) is not { } paid ? 0
            : Post(transaction, new LedgerDraft($"{LedgerKinds.Reversal}:{task}:{node}", LedgerKinds.Reversal, LedgerAccount.OfNode(node), paid.Account, paid.Amount)
            {
                At = now,
                Task = task,
                Node = node,
                Detail = new LedgerDetail { Fault = ReputationEventKind.AuditFailed.Name },
            });
    }

    private long Post(IWriteTransaction transaction, LedgerDraft draft)
    {
        if (draft.Amount == 0 || LedgerStore.IsUsed(transaction, draft.Key))
        {
            return 0;
        }

        // Checked before anything is written: a decision must not fail for its money.
        if (draft.Postings.Any(posting => Math.Abs(LedgerStore.Balance(transaction, posting.Account) + posting.Amount) > LedgerStore.Most))
        {
            LogBeyond(draft.Key);
            return 0;
        }

        LedgerStore.Add(transaction, draft);
        return draft.Amount;
    }

    [LoggerMessage(4001, LogLevel.Error, "Nothing was posted for {Key}: an account would go beyond 2^53 micro-credits")]
    private partial void LogBeyond(string key);
}
