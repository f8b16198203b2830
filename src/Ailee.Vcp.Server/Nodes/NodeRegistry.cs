using System.Collections.Concurrent;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>All enrolled nodes in memory: a cache of their rows, and what is known of them besides. Thread-safe.</summary>
internal sealed class NodeRegistry
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<NodeId, LiveNode> _nodes = new();
    private readonly NodeId _builtIn;
    private readonly TimeSpan _staleAfter;

    public NodeRegistry(IDatabase database, SigningKey builtIn, IOptions<NodeOptions> options, ServerClock clock)
    {
        (_builtIn, _staleAfter) = (builtIn.PublicKey.Id, LiveNode.StaleAfterOf(options.Value));
        var (utc, uptime) = clock.Now;
        foreach (var stored in database.Read(NodeStore.Load))
        {
            // One that was heard of in the future was so by a clock that was ahead; when that was nobody knows.
            _nodes[stored.Row.Id] = Live(stored) with { HeardAt = stored.SeenAt <= utc ? uptime - (utc - stored.SeenAt) : null };
        }
    }

    /// <summary>
    /// A node came or changed. Raised for one change after the other, in their order, while no other can be made: what hears it must be
    /// quick and must not change nodes.
    /// </summary>
    public event Action<LiveNode>? Changed;

    public LiveNode? Find(NodeId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Every node, removed ones too, in no order; each as it is when it is reached, so whoever has found enough may stop.</summary>
    public IEnumerable<LiveNode> All() => _nodes.Select(node => node.Value);

    /// <summary>How many nodes are in each state.</summary>
    public IReadOnlyDictionary<string, long> CountByState(Moment now)
    {
        var counts = NodeStates.All.ToDictionary(state => state, _ => 0L);
        foreach (var node in _nodes.Values)
        {
            counts[node.State(now)]++;
        }

        return counts;
    }

    /// <summary>Adds a node whose row is committed; one that is here already stays.</summary>
    public LiveNode Add(StoredNode stored)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(stored.Row.Id, out var known))
            {
                return known;
            }

            var node = Live(stored);
            _nodes[node.Id] = node;
            Changed?.Invoke(node);
            return node;
        }
    }

    /// <summary>Changes what is known of a node, atomically. Call after the commit of what is stored. Null if there is no such node.</summary>
    public LiveNode? Update(NodeId id, Func<LiveNode, LiveNode> change)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(id, out var before))
            {
                return null;
            }

            var after = change(before);
            if (!ReferenceEquals(before, after))
            {
                _nodes[id] = after;
                Changed?.Invoke(after);
            }

            return after;
        }
    }

    /// <summary>Calls back for every node that is here, and from then on for every change: none is missed in between.</summary>
    public void Subscribe(Action<LiveNode> changed)
    {
        lock (_gate)
        {
            foreach (var node in _nodes.Values)
            {
                changed(node);
            }

            Changed += changed;
        }
    }

    private LiveNode Live(StoredNode stored) => LiveNode.Of(stored, stored.Row.Id == _builtIn, _staleAfter);
}
