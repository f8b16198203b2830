namespace Ailee.Vcp.Core.Nodes;

/// <summary>What is known of a node's health. Null, or a number that is not finite, is unknown.</summary>
public sealed record HealthInput
{
    /// <summary>Default of <see cref="StaleAfter"/>: three heartbeats of five seconds.</summary>
    public static TimeSpan DefaultStaleAfter { get; } = TimeSpan.FromSeconds(15);

    /// <summary>As measured by the server. Unit: Mbit/s.</summary>
    public double? BandwidthMbps { get; init; }

    /// <summary>As measured by the server. Unit: milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>As measured by the server from agreed results. Unit: gas per second.</summary>
    public double? GasPerSecond { get; init; }

    /// <summary>The true median of <see cref="GasPerSecond"/> over the nodes for which it is known. Unit: gas per second.</summary>
    public double? FleetMedianGasPerSecond { get; init; }

    /// <summary>As of now. Range 0 to 1.</summary>
    public double Reputation { get; init; } = NodeReputation.Neutral;

    /// <summary>Why the node is in safe mode, each a sentence; none if it is not.</summary>
    public IReadOnlyList<string> SafeMode { get; init; } = [];

    /// <summary>Time since the node was last heard of; null if it never was.</summary>
    public required TimeSpan? Silence { get; init; }

    /// <summary>A silence longer than this makes what is known of the node stale.</summary>
    public TimeSpan StaleAfter { get; init; } = DefaultStaleAfter;
}
