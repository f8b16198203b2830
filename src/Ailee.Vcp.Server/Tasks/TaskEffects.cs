using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Reputation;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Tells the rest of the process what a committed transaction came to.</summary>
internal sealed class TaskEffects(
    IDatabase database,
    TaskDemands demands,
    TaskPlaces places,
    Dispatcher dispatcher,
    AuctionFloor auctions,
    TaskWaiters waiters,
    TaskChanges changes,
    LeaseTable leases,
    LogIntegrator integrator,
    ReputationBook reputation,
    SigningKey builtIn,
    ServerMetrics metrics)
{
    private readonly Lock _gate = new();

    public void Apply(TaskConsequence consequence)
    {
        foreach (var lease in consequence.Revoked)
        {
            leases.Revoke(lease);
        }

        if (consequence.Logged)
        {
            integrator.Signal();
        }

        if (consequence.Reputation.Count > 0)
        {
            reputation.Applied(consequence.Reputation);
        }

        if (consequence.Ended is { } state)
        {
            End(consequence.Task, state, consequence);
        }
        else if (consequence.NeedsLeases)
        {
            Demand(consequence.Task);
        }

        if (consequence.Retried)
        {
            metrics.Retried();
        }

        if (consequence.AuditsDue)
        {
            DemandAudits();
        }

        changes.Changed(consequence.Task);
    }

    /// <summary>After a restart: every task that is undecided, or was until now, has its place, and asks for the leases that it needs.</summary>
    public void Recover(IReadOnlyList<TaskId> open)
    {
        foreach (var task in open)
        {
            places.Take(task, database.Read(transaction => DemandStore.FindPlace(transaction, task)));
            Demand(task);
        }

        DemandAudits();
    }

    /// <summary>Asks for the leases that a task needs.</summary>
    // Whoever reads later also tells later: an older need never takes the place of a newer one.
    public void Demand(TaskId task)
    {
        lock (_gate)
        {
            if (database.Read(transaction => demands.Read(transaction, task)) is { } demand)
            {
                Demand(demand);
            }
            else
            {
                dispatcher.Withdraw(task);
                auctions.Ended(task);
            }
        }
    }

    /// <summary>Asks for leases of the dispatcher, or by an auction.</summary>
    public void Demand(Demand demand)
    {
        if (demand.Selection.Strategy == SelectionStrategy.LowestBid)
        {
            auctions.Look(demand.Task);
        }
        else
        {
            dispatcher.Demand(demand);
        }
    }

    private void DemandAudits()
    {
        foreach (var task in database.Read(AuditStore.Due))
        {
            dispatcher.Demand(new Demand { Task = task, Submitter = "audit", Priority = 0, Only = builtIn.PublicKey.Id, Purpose = AttemptPurposes.Audit });
        }
    }

    private void End(TaskId task, string state, TaskConsequence consequence)
    {
        // Not between another's look at the rows and what it tells of them.
        lock (_gate)
        {
            dispatcher.Withdraw(task);
        }

        auctions.Ended(task);
        places.End(task);
        var payload = consequence.Result;
        metrics.Decided(state, payload?.Outcome.ToName(), payload?.Instructions ?? 0, payload?.Gas ?? 0);
        waiters.Decided(task);
    }
}
