using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>
/// Waiting nodes in the order of one strategy, grouped by owner: an excluded owner is one step, however many nodes it has. Every change and
/// every choice is logarithmic.
/// </summary>
internal sealed class NodeIndex(SelectionStrategy strategy)
{
    private readonly Dictionary<NodeState, RankKey> _keys = [];
    private readonly Dictionary<OwnerId, Group> _groups = [];
    private readonly SortedSet<Group> _order = new(Comparer<Group>.Create((first, second) => first.Head.CompareTo(second.Head)));

    public int Count => _keys.Count;

    /// <summary>Changes since it was last used.</summary>
    public int IdleChanges { get; set; }

    public void Set(NodeState node)
    {
        Remove(node);
        var key = node.Key(strategy);
        _keys.Add(node, key);
        if (!_groups.TryGetValue(node.Node.Owner, out var group))
        {
            group = new Group(node.Node.Owner);
            _groups.Add(node.Node.Owner, group);
        }

        _order.Remove(group);
        group.Nodes.Add((key, node));
        group.Head = group.Nodes.Min.Key;
        _order.Add(group);
    }

    /// <summary>Takes a node out, of which the owner is the same as when it was put in.</summary>
    public void Remove(NodeState node)
    {
        if (!_keys.Remove(node, out var key))
        {
            return;
        }

        var group = _groups[node.Node.Owner];
        _order.Remove(group);
        group.Nodes.Remove((key, node));
        if (group.Nodes.Count == 0)
        {
            _groups.Remove(node.Node.Owner);
            return;
        }

        group.Head = group.Nodes.Min.Key;
        _order.Add(group);
    }

    /// <summary>The best nodes, at most <paramref name="most"/>, in order.</summary>
    public List<NodeState> Best(int most, IReadOnlySet<OwnerId> excluded, IReadOnlySet<NodeId> avoided)
    {
        List<(RankKey Key, NodeState Node)> found = [];
        var groups = 0;
        foreach (var group in _order)
        {
            if (excluded.Contains(group.Owner))
            {
                continue;
            }

            // The best few of all are among the best few of the groups that begin best; one group more for each node that is left out.
            if (groups++ == most + avoided.Count)
            {
                break;
            }

            found.AddRange(group.Nodes.Where(pair => !avoided.Contains(pair.Node.Node.Id)).Take(most));
        }

        return [.. found.OrderBy(pair => pair.Key).Take(most).Select(pair => pair.Node)];
    }

    private sealed class Group(OwnerId owner)
    {
        public OwnerId Owner { get; } = owner;

        public RankKey Head { get; set; }

        public SortedSet<(RankKey Key, NodeState Node)> Nodes { get; } =
            new(Comparer<(RankKey Key, NodeState Node)>.Create(static (first, second) => first.Key.CompareTo(second.Key)));
    }
}
