using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Keeps the dispatcher told of nodes and of how many leases they have.</summary>
internal sealed class DispatchNodes(NodeRegistry registry, LeaseTable leases, Dispatcher dispatcher, TimeProvider time)
{
    /// <summary>Begins; call once, before leases are granted.</summary>
    public void Start()
    {
        registry.Subscribe(node => dispatcher.SetNode(Of(node)));
        leases.Ended += dispatcher.Released;
    }

    private DispatchNode Of(LiveNode node) => new(
        node.Id,
        OwnerId.Parse(node.Row.Owner),
        node.Capabilities?.Architecture ?? "",
        node.Capabilities?.MemoryBytes ?? 0,
        node.Capabilities?.Slots ?? 1,
        node.Capabilities?.Labels ?? new Dictionary<string, string>(),
        node.Health.Value,
        node.Reputation.DecayTo(time.GetUtcNow()).Value,
        node.LatencyMs,
        node.State(time.GetUtcNow()) == NodeStates.Online);
}
