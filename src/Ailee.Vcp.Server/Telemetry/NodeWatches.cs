using System.Collections.Concurrent;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The watches of all nodes that were heard of since the start. Thread-safe.</summary>
internal sealed class NodeWatches
{
    private readonly ConcurrentDictionary<NodeId, NodeWatch> _watches = new();

    /// <summary>A node's watch, made if there is none. Ask only for nodes that are enrolled: nothing takes it away again.</summary>
    public NodeWatch Of(NodeId node) => _watches.GetOrAdd(node, static _ => new NodeWatch());

    /// <summary>A node's watch if it was heard of.</summary>
    public NodeWatch? Find(NodeId node) => _watches.GetValueOrDefault(node);
}
