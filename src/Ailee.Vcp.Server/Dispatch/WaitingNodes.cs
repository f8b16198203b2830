using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>
/// The nodes that wait for work, in an index for each strategy and filter that tasks asked with lately. An index that is not used costs at
/// most as much as making it again.
/// </summary>
internal sealed class WaitingNodes
{
    private const int LeastIdleChanges = 1024;

    private readonly HashSet<NodeState> _nodes = [];
    private readonly Dictionary<(SelectionStrategy Strategy, NodeFilter Filter), NodeIndex> _indexes = [];

    public int Count => _nodes.Count;

    /// <summary>Takes a node in, or up to date.</summary>
    public void Set(NodeState node)
    {
        _nodes.Add(node);
        foreach (var ((_, filter), index) in Indexes())
        {
            if (filter.Lacks(node.Node) is null)
            {
                index.Set(node);
            }
            else
            {
                index.Remove(node);
            }
        }
    }

    public void Remove(NodeState node)
    {
        if (!_nodes.Remove(node))
        {
            return;
        }

        foreach (var (_, index) in Indexes())
        {
            index.Remove(node);
        }
    }

    /// <summary>The best nodes for a demand, at most <paramref name="most"/>, in order.</summary>
    public List<NodeState> Best(SelectionStrategy strategy, NodeFilter filter, int most, IReadOnlySet<OwnerId> excluded, IReadOnlySet<NodeId> avoided)
    {
        if (_nodes.Count == 0)
        {
            return [];
        }

        if (!_indexes.TryGetValue((strategy, filter), out var index))
        {
            index = new NodeIndex(strategy);
            foreach (var node in _nodes.Where(node => filter.Lacks(node.Node) is null))
            {
                index.Set(node);
            }

            _indexes.Add((strategy, filter), index);
        }

        index.IdleChanges = 0;
        return index.Best(most, excluded, avoided);
    }

    private IEnumerable<KeyValuePair<(SelectionStrategy Strategy, NodeFilter Filter), NodeIndex>> Indexes()
    {
        foreach (var pair in _indexes)
        {
            if (++pair.Value.IdleChanges > LeastIdleChanges + (2 * _nodes.Count))
            {
                // Removing does not disturb the enumeration.
                _indexes.Remove(pair.Key);
            }
            else
            {
                yield return pair;
            }
        }
    }
}
