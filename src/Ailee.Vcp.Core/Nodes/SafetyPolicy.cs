namespace Ailee.Vcp.Core.Nodes;

/// <summary>
/// The limits of a node. Beyond one it is in safe mode until the value has been back by a margin for a while, so that a value at the
/// limit does not switch it to and fro (docs/design/nodes.md).
/// </summary>
public sealed record SafetyPolicy
{
    /// <summary>How far below its limit a temperature has to be. Unit: °C.</summary>
    public const double TemperatureMarginC = 5;

    /// <summary>How far from its limit any other value has to be, as a share of the limit.</summary>
    public const double Margin = 0.10;

    /// <summary>Errors count for this long.</summary>
    public static TimeSpan ErrorWindow { get; } = TimeSpan.FromHours(1);

    /// <summary>How long a value has to be back.</summary>
    public static TimeSpan CalmNeeded { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a breach outlasts what is known of its value: a sensor that went away must not hold a node for ever.</summary>
    public static TimeSpan UnknownHolds { get; } = TimeSpan.FromMinutes(10);

    /// <summary>85 °C, 100 ms and 25 errors.</summary>
    public static SafetyPolicy Default { get; } = new();

    /// <summary>Default 85. Null: no limit. Unit: °C.</summary>
    public double? MaxTemperatureC { get; init; } = 85;

    /// <summary>Default 100. Null: no limit. Unit: milliseconds.</summary>
    public double? MaxLatencyMs { get; init; } = 100;

    /// <summary>Default 25 within <see cref="ErrorWindow"/>. Null: no limit.</summary>
    public long? MaxErrors { get; init; } = 25;

    /// <summary>Default null: no limit. Unit: watts.</summary>
    public double? MaxPowerW { get; init; }

    /// <summary>Default null: no limit. Range 0 to 100.</summary>
    public double? MinBatteryPercent { get; init; }

    /// <summary>The state after a reading.</summary>
    public SafetyState Next(SafetyState state, SafetyReading reading, DateTimeOffset now)
    {
        SafetyBreach[] breaches =
        [
            .. Rules(reading)
                .Select(rule => rule.Next(state.Breaches.FirstOrDefault(breach => breach.Name == rule.Name), now))
                .OfType<SafetyBreach>(),
        ];
        return breaches.Length == 0 ? SafetyState.Normal : new SafetyState(breaches);
    }

    private IEnumerable<SafetyRule> Rules(SafetyReading reading)
    {
        yield return SafetyRule.AtMost("temperature", "°C", reading.TemperatureC, MaxTemperatureC, MaxTemperatureC - TemperatureMarginC);
        yield return SafetyRule.AtMost("latency", "ms", reading.LatencyMs, MaxLatencyMs, MaxLatencyMs - (MaxLatencyMs * Margin));
        yield return SafetyRule.AtMost("errors", "in an hour", reading.RecentErrors, MaxErrors, MaxErrors - (MaxErrors * Margin));
        yield return SafetyRule.AtMost("power", "W", reading.PowerW, MaxPowerW, MaxPowerW - (MaxPowerW * Margin));
        // A battery cannot be fuller than full. The margin is added rather than multiplied in: 50 · 1.1 is a little more than 55.
        yield return SafetyRule.AtLeast("battery", "%", reading.BatteryPercent, MinBatteryPercent, MinBatteryPercent is { } least ? Math.Min(100, least + (least * Margin)) : null);
    }
}
