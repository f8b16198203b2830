using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>What begins anew with a node's session. Thread-safe.</summary>
internal sealed class SessionStarts(NodeRegistry registry, NodeWatches watches, SafeModes modes)
{
    /// <summary>A node started a session: its bandwidth is measured soon, and its clock is taken for right until it shows otherwise.</summary>
    public void Begin(NodeId node)
    {
        if (registry.Find(node) is not null)
        {
            watches.Of(node).Begin();
            modes.Clear(node, SafeModes.ClockSkew);
        }
    }
}
