using System.Collections.Immutable;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>
/// The dispatcher's state. After every call no task waits that a waiting node may have, except for one that avoids the node. One lock;
/// nothing under it waits.
/// </summary>
internal sealed class DispatchBoard : IDisposable
{
    private const int Explained = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, NodeState> _nodes = [];
    private readonly Dictionary<NodeId, WaitingPoll> _strangers = [];
    private readonly Dictionary<TaskId, DemandEntry> _entries = [];
    private readonly SubmitterTurns _turns = new();
    private readonly WaitingNodes _waiting = new();
    private readonly DemandLanes _lanes = new();
    private readonly DelayedDemands _delayed;
    private readonly TimeProvider _time;
    private long _grants;
    private long _numbers;
    private double _now;

    public DispatchBoard(TimeProvider time)
    {
        _time = time;
        _delayed = new DelayedDemands(time, MatchDue);
    }

    public (int Tasks, int Delayed, int Nodes) Waiting
    {
        get
        {
            lock (_lock)
            {
                return (_lanes.Waiting, _delayed.Count, _waiting.Count);
            }
        }
    }

    public void SetNode(DispatchNode node)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(node.Id, out var state))
            {
                _nodes.Add(node.Id, state = new NodeState(node, ++_numbers));
                state.Poll = _strangers.Remove(node.Id, out var poll) ? poll : null;
            }

            // Its owner is part of its place, so it leaves with the one that it came with.
            if (state.Node.Owner != node.Owner)
            {
                _waiting.Remove(state);
            }

            var before = state.Node;
            state.Node = node;
            MatchNode(state);
            if (IsOther(before, node))
            {
                MatchAvoiding();
            }
        }
    }

    public void RemoveNode(NodeId id)
    {
        lock (_lock)
        {
            if (_nodes.Remove(id, out var node))
            {
                EndPoll(node, []);
                MatchAvoiding();
            }
            else if (_strangers.Remove(id, out var poll))
            {
                poll.End([]);
            }
        }
    }

    public void SetOutstanding(NodeId id, Func<int, int> change)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(id, out var node))
            {
                node.Outstanding = Math.Max(0, change(node.Outstanding));
                UpdatePlace(node);
            }
        }
    }

    public void Demand(Demand demand)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(demand.Task, out var entry))
            {
                var (submitter, turn) = _turns.Next(demand.Submitter, demand.Priority);
                _entries.Add(demand.Task, entry = new DemandEntry(demand, submitter, turn, ++_numbers));
            }
            else
            {
                Park(entry);
                var (submitter, turn) = TurnOf(entry, demand);
                entry.Replace(demand, submitter, turn, ++_numbers);
            }

            if (demand.NotBefore is { } notBefore && notBefore > _time.GetUtcNow())
            {
                _delayed.Add(entry, notBefore);
            }
            else
            {
                Match(entry);
            }
        }
    }

    public void Withdraw(TaskId task)
    {
        lock (_lock)
        {
            if (_entries.Remove(task, out var entry))
            {
                Park(entry);
                _turns.Gone(entry.Submitter);
            }
        }
    }

    /// <summary>Begins a poll; the node's poll before it ends.</summary>
    public WaitingPoll Poll(NodeId id, int most)
    {
        var poll = new WaitingPoll(most);
        lock (_lock)
        {
            if (!_nodes.TryGetValue(id, out var node))
            {
                if (_strangers.Remove(id, out var before))
                {
                    before.End([]);
                }

                _strangers.Add(id, poll);
                return poll;
            }

            EndPoll(node, []);
            node.CatchUp(_now);
            node.Poll = poll;
            MatchNode(node);
            return poll;
        }
    }

    /// <summary>Ends a poll without work, if it still waits.</summary>
    public void EndPoll(NodeId id, WaitingPoll poll)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(id, out var node) && node.Poll == poll)
            {
                EndPoll(node, []);
            }
            else if (_strangers.TryGetValue(id, out var stranger) && stranger == poll)
            {
                _strangers.Remove(id);
                poll.End([]);
            }
        }
    }

    public void Return(Assignment assignment)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(assignment.Node, out var node))
            {
                node.Outstanding = Math.Max(0, node.Outstanding - 1);
                UpdatePlace(node);
            }

            if (_entries.TryGetValue(assignment.Task, out var entry) && entry.Revision == assignment.Revision)
            {
                Park(entry);
                SubmitterTurns.Returned(entry.Submitter);
                entry.GiveBack(assignment.Owner, assignment.ExcludesOwner);
                Match(entry);
            }
        }
    }

    public WaitingExplanation? Explain(TaskId task)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(task, out var entry) || entry.Remaining == 0)
            {
                return null;
            }

            var hasUnavoided = HasUnavoided(entry);
            var lacks = _nodes.Values
                .Select(node => entry.Lacks(node.Node) ?? (hasUnavoided && entry.Demand.AvoidedNodes.Contains(node.Node.Id) ? NodeLacks.Avoided : null))
                .ToList();
            return new WaitingExplanation(
                entry.Remaining,
                entry.NotBefore,
                lacks.Count(lack => lack is null),
                lacks.OfType<string>().CountBy(lack => lack).ToDictionary());
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _delayed.Dispose();
        }
    }

    private void MatchDue()
    {
        lock (_lock)
        {
            foreach (var entry in _delayed.TakeDue())
            {
                Match(entry);
            }
        }
    }

    /// <summary>Gives a task to waiting nodes; what it still needs then waits.</summary>
    private void Match(DemandEntry entry)
    {
        while (entry.Remaining > 0)
        {
            var best = Candidates(entry);
            if (best.Count == 0)
            {
                _lanes.Add(entry);
                return;
            }

            EndPoll(best[0], [Assign(entry, best[0], best, waited: false)]);
        }
    }

    private List<NodeState> Candidates(DemandEntry entry)
    {
        var (demand, strategy) = (entry.Demand, entry.Demand.Selection.Strategy);
        if (demand.Only is { } only)
        {
            return _nodes.TryGetValue(only, out var node) && node.Poll is not null && node.Node.Accepts ? [node] : [];
        }

        var best = _waiting.Best(strategy, entry.Filter, Explained, entry.ExcludedOwners, demand.AvoidedNodes);
        return best.Count > 0 || demand.AvoidedNodes.Count == 0 || HasUnavoided(entry)
            ? best
            : _waiting.Best(strategy, entry.Filter, Explained, entry.ExcludedOwners, ImmutableHashSet<NodeId>.Empty);
    }

    /// <summary>Gives a node that waits what it may have, or its place among those that wait.</summary>
    private void MatchNode(NodeState node)
    {
        if (node.Poll is not { } poll)
        {
            return;
        }

        List<DemandLane> lanes = node.Node.Accepts ? [.. _lanes.For(node.Node).Where(lane => IsUnavoided(lane.First, node))] : [];
        List<Assignment> assignments = [];
        while (assignments.Count < poll.Most && lanes.Count > 0)
        {
            // With each assignment turns change, in all lanes.
            var lane = lanes.MinBy(static lane => (lane.First.Submitter.Turn, lane.First.Turn))!;
            var entry = lane.First;
            Park(entry);
            assignments.Add(Assign(entry, node, [node], waited: true));

            // Its owner is excluded now: what it still needs is for others.
            Match(entry);
            if (lane.Count == 0)
            {
                lanes.Remove(lane);
            }
        }

        if (assignments.Count > 0)
        {
            EndPoll(node, assignments);
        }
        else
        {
            UpdatePlace(node);
        }
    }

    /// <summary>Tasks that avoided waiting nodes for the sake of one that is no longer there.</summary>
    private void MatchAvoiding()
    {
        foreach (var entry in _lanes.Avoiding().ToList())
        {
            for (var next = entry; next is not null && Candidates(next).Count > 0;)
            {
                var lane = next.Lane!;
                Park(next);
                Match(next);
                next = lane.Count > 0 ? lane.First : null;
            }
        }
    }

    private Assignment Assign(DemandEntry entry, NodeState node, List<NodeState> best, bool waited)
    {
        var demand = entry.Demand;
        var ranking = best.ConvertAll(candidate => candidate.Ranked(demand.Selection.Strategy, waited, _now));
        var owner = node.Node.Owner;
        var excludes = entry.Take(owner);
        _turns.Served(entry.Submitter, entry.Turn);
        _now = Math.Max(_now, node.Grant(++_grants));
        return new Assignment(demand.Task, node.Node.Id, ranking)
        {
            Owner = owner,
            Purpose = demand.Purpose,
            Price = demand.Price,
            Revision = entry.Revision,
            ExcludesOwner = excludes,
        };
    }

    private bool IsUnavoided(DemandEntry entry, NodeState node) =>
        !entry.Demand.AvoidedNodes.Contains(node.Node.Id) || entry.Demand.Only is not null || !HasUnavoided(entry);

    private bool HasUnavoided(DemandEntry entry) =>
        _nodes.Values.Any(node => !entry.Demand.AvoidedNodes.Contains(node.Node.Id) && entry.Lacks(node.Node) is null);

    private (Submitter Submitter, DemandTurn Turn) TurnOf(DemandEntry entry, Demand demand)
    {
        if (entry.Demand.Submitter == demand.Submitter && entry.Demand.Priority == demand.Priority)
        {
            return (entry.Submitter, entry.Turn);
        }

        _turns.Gone(entry.Submitter);
        return _turns.Next(demand.Submitter, demand.Priority);
    }

    /// <summary>Whether tasks may suit a node that did not, or the other way round. Most changes are of its scores.</summary>
    private static bool IsOther(DispatchNode before, DispatchNode now) =>
        before.Accepts != now.Accepts || before.Architecture != now.Architecture || before.MemoryBytes != now.MemoryBytes || before.Owner != now.Owner
        || !ReferenceEquals(before.Labels, now.Labels);

    private void Park(DemandEntry entry)
    {
        _lanes.Remove(entry);
        _delayed.Remove(entry);
    }

    private void UpdatePlace(NodeState node)
    {
        if (node.Poll is not null && node.Node.Accepts)
        {
            _waiting.Set(node);
        }
        else
        {
            _waiting.Remove(node);
        }
    }

    private void EndPoll(NodeState node, IReadOnlyList<Assignment> assignments)
    {
        var poll = node.Poll;
        node.Poll = null;
        _waiting.Remove(node);
        poll?.End(assignments);
    }
}
