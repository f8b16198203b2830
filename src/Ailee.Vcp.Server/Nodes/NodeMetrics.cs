using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Diagnostics;
using Prometheus;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>What the service counts about nodes. Thread-safe.</summary>
internal sealed class NodeMetrics
{
    private readonly Counter _enrolments;
    private readonly Counter _sessions;
    private readonly Counter _duplicates;
    private readonly Counter _refusals;

    public NodeMetrics(ServerMetrics server, NodeRegistry registry, ServerClock clock)
    {
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        _enrolments = metrics.CreateCounter("vcp_node_enrolments_total", "Nodes enrolled since the process started.");
        _sessions = metrics.CreateCounter("vcp_node_sessions_total", "Sessions of nodes started.");
        _duplicates = metrics.CreateCounter("vcp_node_duplicate_agents_total", "Sessions of nodes that ended one that was in use.");
        _refusals = metrics.CreateCounter("vcp_node_refusals_total", "Enrolments and sessions of nodes that were refused, by code.", "code");
        var nodes = metrics.CreateGauge("vcp_nodes", "Enrolled nodes, by state.", "state");
        server.Registry.AddBeforeCollectCallback(() =>
        {
            foreach (var (state, count) in registry.CountByState(clock.Now))
            {
                nodes.WithLabels(state).Set(count);
            }
        });
    }

    public void Enrolled() => _enrolments.Inc();

    public void SessionStarted(bool isDuplicate)
    {
        _sessions.Inc();
        if (isDuplicate)
        {
            _duplicates.Inc();
        }
    }

    public void Refused(string code) => _refusals.WithLabels(code).Inc();
}
