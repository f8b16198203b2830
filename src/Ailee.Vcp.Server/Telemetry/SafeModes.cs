using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>Safe modes that do not come from a machine's sensors. A node in safe mode gets no new leases; it earns no strike. Thread-safe.</summary>
internal sealed class SafeModes(NodeWatches watches, NodeRegistry registry, FleetHealth health, ServerClock clock)
{
    /// <summary>The node's clock is so wrong that its statements are stale or from the future.</summary>
    public const string ClockSkew = "clock-skew";

    /// <summary>Puts a node into safe mode until it is taken back by the same name.</summary>
    /// <param name="node">An enrolled node.</param>
    /// <param name="name">Stable name, kebab-case; a second reason of the same name takes the first one's place.</param>
    /// <param name="reason">A sentence for people.</param>
    public void Set(NodeId node, string name, string reason) => Mark(node, name, reason);

    /// <summary>Takes a reason back; nothing if it was not there.</summary>
    public void Clear(NodeId node, string name) => Mark(node, name, null);

    private void Mark(NodeId node, string name, string? reason)
    {
        if (registry.Find(node) is null)
        {
            return;
        }

        var watch = watches.Of(node);
        var before = watch.SafeMode;
        watch.Mark(name, reason);
        if (!ReferenceEquals(before, watch.SafeMode))
        {
            // Read within the change, so that of two at once the later one tells what holds.
            registry.Update(node, live => health.Refresh(live, live with { SafeMode = watch.SafeMode.Sentences }, clock.Now));
        }
    }
}
