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

/// <summary>Tasks that wait for the same nodes, in order: the submitter whose turn it is, and of its tasks the first.</summary>
internal sealed class DemandLane(LaneKey key)
{
    private static readonly Comparer<DemandEntry> ByTurn = Comparer<DemandEntry>.Create(static (first, second) => first.Turn.CompareTo(second.Turn));

    private readonly Dictionary<Submitter, SortedSet<DemandEntry>> _entries = [];
    private readonly SortedSet<Submitter> _submitters = new(Comparer<Submitter>.Create(static (first, second) => first.Turn.CompareTo(second.Turn)));

    public LaneKey Key { get; } = key;

    public int Count { get; private set; }

    /// <summary>The first; the lane has one.</summary>
    public DemandEntry First => _entries[_submitters.Min!].Min!;

    public void Add(DemandEntry entry)
    {
        if (!_entries.TryGetValue(entry.Submitter, out var entries))
        {
            _entries.Add(entry.Submitter, entries = new SortedSet<DemandEntry>(ByTurn));
            entry.Submitter.Lanes.Add(this);
            Enter(entry.Submitter);
        }

        entries.Add(entry);
        Count++;
    }

    public void Remove(DemandEntry entry)
    {
        var entries = _entries[entry.Submitter];
        entries.Remove(entry);
        Count--;
        if (entries.Count == 0)
        {
            Leave(entry.Submitter);
            entry.Submitter.Lanes.Remove(this);
            _entries.Remove(entry.Submitter);
        }
    }

    /// <summary>A submitter's turn is to change.</summary>
    public void Leave(Submitter submitter) => _submitters.Remove(submitter);

    /// <summary>A submitter's turn has changed.</summary>
    public void Enter(Submitter submitter) => _submitters.Add(submitter);
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
