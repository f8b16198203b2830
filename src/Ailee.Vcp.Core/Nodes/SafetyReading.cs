namespace Ailee.Vcp.Core.Nodes;

/// <summary>What a node's safety is judged by. Null, or a number that is not finite, is unknown.</summary>
public sealed record SafetyReading
{
    /// <summary>Nothing is known.</summary>
    public static SafetyReading Unknown { get; } = new();

    /// <summary>The hottest sensor. Unit: °C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>As measured by the server. Unit: milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Faults of the node within <see cref="SafetyPolicy.ErrorWindow"/>; not those since it was started, which never become fewer.</summary>
    public long? RecentErrors { get; init; }

    /// <summary>Unit: watts.</summary>
    public double? PowerW { get; init; }

    /// <summary>Charge. Range 0 to 100.</summary>
    public double? BatteryPercent { get; init; }
}
