using Prometheus;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>What is counted of nodes' heartbeats. Thread-safe.</summary>
internal sealed class TelemetryMetrics
{
    private readonly Counter _heartbeats;
    private readonly Counter _dropped;
    private readonly Gauge _online;
    private readonly Gauge _safeMode;
    private readonly Histogram _latency;

    public TelemetryMetrics(CollectorRegistry registry)
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        _heartbeats = metrics.CreateCounter("vcp_node_heartbeats_total", "Heartbeats of nodes.");
        _dropped = metrics.CreateCounter("vcp_node_telemetry_dropped_total", "Values of nodes' telemetry that cannot be and were dropped, by name.", "value");
        _online = metrics.CreateGauge("vcp_nodes_online", "Nodes that were heard of lately.");
        _safeMode = metrics.CreateGauge("vcp_nodes_safe_mode", "Nodes in safe mode, by reason; a node may have several.", "reason");
        _latency = metrics.CreateHistogram(
            "vcp_node_latency_seconds",
            "Latencies of nodes, as measured.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0001, 3, 10) });
    }

    public void Heartbeat() => _heartbeats.Inc();

    public void Dropped(string name) => _dropped.WithLabels(name).Inc();

    public void Latency(TimeSpan latency) => _latency.Observe(latency.TotalSeconds);

    /// <summary>How the fleet is now.</summary>
    /// <param name="online">Nodes that were heard of lately.</param>
    /// <param name="safeModes">How many of them are in safe mode for which reason.</param>
    public void Fleet(int online, IReadOnlyDictionary<string, int> safeModes)
    {
        _online.Set(online);
        foreach (var reason in _safeMode.GetAllLabelValues())
        {
            _safeMode.WithLabels(reason).Set(safeModes.GetValueOrDefault(reason[0]));
        }

        foreach (var (reason, nodes) in safeModes)
        {
            _safeMode.WithLabels(reason).Set(nodes);
        }
    }
}
