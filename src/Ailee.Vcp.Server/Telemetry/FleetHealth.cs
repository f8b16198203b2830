using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The health of nodes, worked out again only when something that it depends on has changed noticeably. Thread-safe.</summary>
internal sealed class FleetHealth
{
    private const double Noticeable = 0.005;

    // Of a score's factors, the first four are always there; gates follow.
    private const int Gates = 4;

    private volatile StrongBox? _median;

    /// <summary>Median speed of the fleet; null if no node's is known. Unit: gas per second.</summary>
    public double? MedianGasPerSecond
    {
        get => _median?.Value;
        set => _median = value is { } known ? new StrongBox(known) : null;
    }

    /// <summary>Whether the node was heard of lately.</summary>
    public static bool IsOnline(LiveNode node, Moment now) => node.IsBuiltIn || now.Uptime - node.HeardAt <= node.StaleAfter;

    /// <summary>The node as changed, with the health that it then has.</summary>
    public LiveNode Refresh(LiveNode before, LiveNode after, Moment now) =>
        ReferenceEquals(before.SafeMode, after.SafeMode) && IsCurrent(after, now) ? after : after with { Health = HealthScore.Of(Input(after, now)) };

    private HealthInput Input(LiveNode node, Moment now) => new()
    {
        BandwidthMbps = node.BandwidthMbps,
        LatencyMs = node.LatencyMs,
        GasPerSecond = node.GasPerSecond,
        FleetMedianGasPerSecond = MedianGasPerSecond,
        Reputation = node.Reputation.DecayTo(now.Utc).Value,
        SafeMode = node.SafeMode,
        Silence = node.IsBuiltIn ? TimeSpan.Zero : now.Uptime - node.HeardAt,
        StaleAfter = node.StaleAfter,
    };

    // The sentences of safe mode are compared by whoever changes them; the rest of what the score was made of stands in its factors.
    private bool IsCurrent(LiveNode node, Moment now)
    {
        var factors = node.Health.Factors;
        var (bandwidth, latency, efficiency, reputation) = (factors[0], factors[1], factors[2], factors[3]);
        return bandwidth.Value == node.BandwidthMbps
            && latency.Value == node.LatencyMs
            && efficiency.Value == node.GasPerSecond
            && IsClose(efficiency.Normalized, Efficiency(node.GasPerSecond))
            && IsClose(reputation.Normalized, node.Reputation.DecayTo(now.Utc).Value)
            && IsStale(factors) != IsOnline(node, now);
    }

    private static bool IsStale(IReadOnlyList<ScoreFactor> factors)
    {
        for (var gate = Gates; gate < factors.Count; gate++)
        {
            if (factors[gate].Name == HealthScore.StaleGate)
            {
                return true;
            }
        }

        return false;
    }

    private double Efficiency(double? gasPerSecond) => (gasPerSecond, MedianGasPerSecond) is ({ } speed, { } median and > 0)
        ? Math.Clamp(speed / median / HealthScore.FullEfficiency, 0, 1)
        : HealthScore.Neutral;

    private static bool IsClose(double left, double right) => Math.Abs(left - right) < Noticeable;

    private sealed record StrongBox(double Value);
}
