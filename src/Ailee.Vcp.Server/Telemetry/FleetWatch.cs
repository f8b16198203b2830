using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// Looks at all nodes once a second: who went offline, how fast the fleet is, and whose health is another for it. Once a minute it looks
/// for what stands out.
/// </summary>
internal sealed partial class FleetWatch(
    NodeRegistry registry, NodeWatches watches, FleetHealth health, TelemetryMetrics metrics, ServerClock clock, TimeProvider time, ILogger<FleetWatch> logger) : BackgroundService
{
    private const int TicksOfOutliers = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private int _ticks;

    /// <summary>One look.</summary>
    public void Tick()
    {
        var now = clock.Now;
        var nodes = registry.All();
        var online = nodes.Where(node => node.Standing != NodeStandings.Removed && FleetHealth.IsOnline(node, now)).ToList();
        double[] speeds = [.. online.Select(node => node.GasPerSecond).OfType<double>()];
        health.MedianGasPerSecond = speeds.Length == 0 ? null : Outliers.Median(speeds);
        foreach (var node in nodes.Where(node => !ReferenceEquals(node, health.Refresh(node, node, now))))
        {
            registry.Update(node.Id, live => health.Refresh(live, live, now));
        }

        metrics.Fleet(online.Count, SafeModesOf(online));
        if (_ticks++ % TicksOfOutliers == 0)
        {
            ShowOutliers(online);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    Tick();
                }
                catch (Exception exception)
                {
                    // One tick that failed must not end the presence of all nodes.
                    LogFailed(exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private Dictionary<string, int> SafeModesOf(List<LiveNode> online) => online
        .SelectMany(node => watches.Find(node.Id)?.SafeMode.Names ?? [])
        .CountBy(name => name)
        .ToDictionary();

    private void ShowOutliers(List<LiveNode> online)
    {
        var found = FleetOutliers.Of(online);
        foreach (var node in online)
        {
            IReadOnlyList<string> outliers = found.TryGetValue(node.Id, out var sentences) ? sentences : [];
            if (!outliers.SequenceEqual(node.Outliers))
            {
                registry.Update(node.Id, live => live with { Outliers = outliers });
            }
        }
    }

    [LoggerMessage(4202, LogLevel.Error, "The fleet could not be looked at; trying again")]
    private partial void LogFailed(Exception exception);
}
