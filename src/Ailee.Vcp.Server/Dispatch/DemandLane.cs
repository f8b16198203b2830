using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>What decides whether a node may have a task, with equality by value: all tasks of a lane suit the same nodes.</summary>
internal readonly record struct LaneKey(NodeFilter Filter, string ExcludedOwners, string AvoidedNodes, NodeId? Only)
{
    public static LaneKey Of(DemandEntry entry) => new(
        entry.Filter,
        entry.ExcludedOwners.Count == 0 ? "" : NodeFilter.Join(entry.ExcludedOwners.Select(owner => owner.ToString()).Order(StringComparer.Ordinal)),
        entry.Demand.AvoidedNodes.Count == 0 ? "" : NodeFilter.Join(entry.Demand.AvoidedNodes.Select(node => node.ToString()).Order(StringComparer.Ordinal)),
        entry.Demand.Only);
}

/// <summary>Tasks that wait for the same nodes, in order.</summary>
internal sealed class DemandLane(LaneKey key)
{
    private readonly SortedSet<DemandEntry> _entries = new(Comparer<DemandEntry>.Create((first, second) => first.Turn.CompareTo(second.Turn)));

    public LaneKey Key { get; } = key;

    public int Count => _entries.Count;

    /// <summary>The first; the lane has one.</summary>
    public DemandEntry First => _entries.Min!;

    public void Add(DemandEntry entry) => _entries.Add(entry);

    public void Remove(DemandEntry entry) => _entries.Remove(entry);
}

/// <summary>The lanes that have tasks.</summary>
internal sealed class DemandLanes
{
    private readonly Dictionary<LaneKey, DemandLane> _lanes = [];
    private readonly Dictionary<NodeId, Dictionary<LaneKey, DemandLane>> _only = [];

    /// <summary>Tasks that wait for a node.</summary>
    public int Waiting { get; private set; }

    /// <summary>The lanes whose tasks a node may have, not looking at avoided nodes.</summary>
    public IEnumerable<DemandLane> For(DispatchNode node)
    {
        var mine = _only.TryGetValue(node.Id, out var only) ? only.Values : Enumerable.Empty<DemandLane>();
        return mine.Concat(_lanes.Values).Where(lane => lane.First.Lacks(node) is null);
    }

    /// <summary>The first task of each lane that avoids nodes.</summary>
    public IEnumerable<DemandEntry> Avoiding() => _lanes.Values.Where(lane => lane.Key.AvoidedNodes.Length > 0).Select(lane => lane.First);

    public void Add(DemandEntry entry)
    {
        var key = LaneKey.Of(entry);
        var lanes = _lanes;
        if (key.Only is { } node && !_only.TryGetValue(node, out lanes))
        {
            _only.Add(node, lanes = []);
        }

        if (!lanes!.TryGetValue(key, out var lane))
        {
            lanes.Add(key, lane = new DemandLane(key));
        }

        lane.Add(entry);
        entry.Lane = lane;
        Waiting++;
    }

    public void Remove(DemandEntry entry)
    {
        if (entry.Lane is not { } lane)
        {
            return;
        }

        lane.Remove(entry);
        entry.Lane = null;
        Waiting--;
        if (lane.Count > 0)
        {
            return;
        }

        if (lane.Key.Only is not { } node)
        {
            _lanes.Remove(lane.Key);
        }
        else if (_only[node].Remove(lane.Key) && _only[node].Count == 0)
        {
            _only.Remove(node);
        }
    }
}
