using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Tasks;
using Prometheus;

namespace Ailee.Vcp.Server.Overload;

/// <summary>What the service counts about load. Thread-safe.</summary>
internal sealed class OverloadMetrics
{
    private readonly Counter _refused;

    public OverloadMetrics(ServerMetrics server, RequestPlaces places, ResourceWatch resources, CommitDelay commits, TaskPlaces tasks)
    {
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        _refused = metrics.CreateCounter("vcp_requests_refused_total", "Requests refused with 429 or 503, by code.", "code");
        var requests = metrics.CreateGauge("vcp_requests", "Requests under way, by kind.", "kind");
        var rate = metrics.CreateGauge("vcp_tasks_decided_per_second", "Tasks decided in a second, over the last half minute.");
        var delay = metrics.CreateGauge("vcp_commit_delay_seconds", "Shortest time that a submission waited to be stored, of the last 200 ms in which there was one.");
        var left = metrics.CreateGauge("vcp_resource_free_bytes", "What is left of the data directory's disk and of memory.", "resource");
        var low = metrics.CreateGauge("vcp_resource_low", "1 while too little is left, so that no new work is taken.", "resource");
        server.Registry.AddBeforeCollectCallback(() =>
        {
            foreach (var kind in Enum.GetValues<RequestKind>())
            {
                requests.WithLabels(kind.ToString().ToLowerInvariant()).Set(places.Count(kind));
            }

            rate.Set(tasks.DecidedPerSecond);
            delay.Set(commits.Shortest.TotalSeconds);
            Set(left, low, "storage", resources.Left.StorageBytes, resources.Low.Storage);
            Set(left, low, "memory", resources.Left.MemoryBytes, resources.Low.Memory);
        });
    }

    /// <summary>A request was refused.</summary>
    public void Refused(string code) => _refused.WithLabels(code).Inc();

    private static void Set(Gauge left, Gauge low, string resource, long? bytes, bool isLow)
    {
        // What is not known is not shown.
        if (bytes is { } known)
        {
            left.WithLabels(resource).Set(known);
        }

        low.WithLabels(resource).Set(isLow ? 1 : 0);
    }
}
