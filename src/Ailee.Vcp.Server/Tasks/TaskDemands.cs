using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What leases a task needs, from its rows.</summary>
internal sealed class TaskDemands(NodeRegistry nodes, IOptions<TaskOptions> options, TimeProvider time)
{
    /// <summary>The leases that a task needs now, beside those that run; null if none, or if it is decided.</summary>
    public Demand? Read(IReadTransaction transaction, TaskId task)
    {
        if (DemandStore.Find(transaction, task) is not { } stored || TaskStates.IsFinal(stored.State))
        {
            return null;
        }

        var demand = stored.Demand with { NotBefore = Bounded(stored.Demand.NotBefore) };
        var avoided = NodesOf(AttemptStore.FailedOwners(transaction, task));
        var policy = TaskPolicies.Read(transaction, task, options.Value.MaxAttempts);
        if (!policy.IsVote)
        {
            return stored.State == TaskStates.Queued ? demand with { Count = 1, AvoidedNodes = avoided } : null;
        }

        var state = VoteStore.Load(transaction, task, policy.ToQuorum());
        return state.Decision is QuorumDecision.NeedsReplica needed
            ? demand with { Count = needed.Count, AvoidedNodes = avoided, ExcludedOwners = TaskVotes.Barred(state) }
            : null;
    }

    // One that is further away was stored while the clock was ahead.
    private DateTimeOffset? Bounded(DateTimeOffset? notBefore) =>
        time.GetUtcNow() + TaskRetries.LongestDelay is var latest && notBefore > latest ? latest : notBefore;

    // Of all nodes of an owner: whoever has many keys does not try them one after the other.
    private HashSet<NodeId> NodesOf(List<string> owners) =>
        owners.Count == 0 ? [] : [.. nodes.All().Where(node => owners.Contains(node.Row.Owner)).Select(node => node.Id)];
}
