using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The limits of the fleet's machines. A node beyond one is in safe mode and gets no new leases.</summary>
public sealed class SafetyOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Nodes";

    /// <summary>Highest temperature. Unit: °C. Default 85. Range 30 to 150.</summary>
    public int MaxTemperatureC { get; set; } = 85;

    /// <summary>Highest latency, as measured by the server. Unit: milliseconds. Default 100. Range 1 to 60 000.</summary>
    public int MaxLatencyMs { get; set; } = 100;

    /// <summary>Most faults within an hour. Unit: faults. Default 25. Range 0 to 1 000 000.</summary>
    public int MaxErrors { get; set; } = 25;

    /// <summary>Most power; 0 for no limit. Unit: watts. Default 0. Range 0 to 100 000.</summary>
    public int MaxPowerW { get; set; }

    /// <summary>Least charge of the battery; 0 for no limit. Unit: percent. Default 0. Range 0 to 100.</summary>
    public int MinBatteryPercent { get; set; }

    /// <summary>These limits as a policy.</summary>
    public SafetyPolicy Policy => new()
    {
        MaxTemperatureC = MaxTemperatureC,
        MaxLatencyMs = MaxLatencyMs,
        MaxErrors = MaxErrors,
        MaxPowerW = MaxPowerW == 0 ? null : MaxPowerW,
        MinBatteryPercent = MinBatteryPercent == 0 ? null : MinBatteryPercent,
    };

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value, long Minimum, long Maximum)[] ranges =
        [
            (nameof(MaxTemperatureC), MaxTemperatureC, 30, 150),
            (nameof(MaxLatencyMs), MaxLatencyMs, 1, 60_000),
            (nameof(MaxErrors), MaxErrors, 0, 1_000_000),
            (nameof(MaxPowerW), MaxPowerW, 0, 100_000),
            (nameof(MinBatteryPercent), MinBatteryPercent, 0, 100),
        ];
        return from range in ranges
               where range.Value < range.Minimum || range.Value > range.Maximum
               select $"{Section}:{range.Name} must be between {range.Minimum} and {range.Maximum}.";
    }
}
