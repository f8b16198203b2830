using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Diagnostics;
using Prometheus;

namespace Ailee.Vcp.Server.Reputation;

/// <summary>What happened to nodes since the process started.</summary>
internal sealed class ReputationMetrics
{
    private readonly Counter _events;
    private readonly Counter _quarantines;

    public ReputationMetrics(ServerMetrics server)
    {
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        _events = metrics.CreateCounter("vcp_reputation_events_total", "Events that changed a node's reputation, by kind.", "kind");
        _quarantines = metrics.CreateCounter("vcp_node_quarantines_total", "Nodes that were quarantined by their strikes.");
    }

    public void Recorded(ReputationEventKind kind) => _events.WithLabels(kind.Name).Inc();

    public void Quarantined() => _quarantines.Inc();
}
