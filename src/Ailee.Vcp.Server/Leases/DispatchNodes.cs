using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Keeps the dispatcher told of nodes and of how many leases they have.</summary>
internal sealed class DispatchNodes(NodeRegistry registry, LeaseTable leases, Dispatcher dispatcher, ServerClock clock)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private bool _putAside;

    // Only from within the registry's lock.
    private readonly Dictionary<NodeId, DispatchNode> _told = [];

    /// <summary>Begins; call once, before leases are granted.</summary>
    public void Start()
    {
        registry.Subscribe(node =>
        {
            // Every heartbeat changes a node; most change nothing of what is chosen by.
            var seen = Of(node, clock.Now);
            if (!_told.TryGetValue(seen.Id, out var told) || told != seen)
            {
                _told[seen.Id] = seen;
                var before = told ?? seen;
                if (node.Standing != NodeStandings.Active || (before.Architecture, before.MemoryBytes, before.Labels) != (seen.Architecture, seen.MemoryBytes, seen.Labels))
                {
                    Volatile.Write(ref _putAside, true);
                }

                dispatcher.SetNode(seen);
            }
        });
        leases.Ended += dispatcher.Released;
    }

    /// <summary>Whether a node was drained, quarantined, removed or equipped otherwise since it was asked last.</summary>
    public bool TakePutAside() => Interlocked.Exchange(ref _putAside, false);

    /// <summary>What the dispatcher knows of a node.</summary>
    public static DispatchNode Of(LiveNode node, Moment now) => new(
        node.Id,
        OwnerId.Parse(node.Row.Owner),
        node.Capabilities?.Architecture ?? "",
        node.Capabilities?.MemoryBytes ?? 0,
        node.Capabilities?.Slots ?? 1,
        node.Capabilities?.Labels ?? None,
        node.Health.Value,
        // In steps, so that it does not change with every heartbeat.
        Math.Round(node.Reputation.DecayTo(now.Utc).Value, 3),
        node.LatencyMs,
        node.State(now) == NodeStates.Online);
}
