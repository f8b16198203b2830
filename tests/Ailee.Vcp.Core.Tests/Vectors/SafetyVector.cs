using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>Readings of a node with limits of 85 °C, 100 ms, 25 errors, 200 W and 20 %, and what it is in safe mode for after each.</summary>
internal sealed record SafetyVector(string Name, IReadOnlyList<SafetyStepVector> Steps)
{
    private static readonly SafetyPolicy Policy = new() { MaxPowerW = 200, MinBatteryPercent = 20 };

    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    public static IReadOnlyList<SafetyVector> All { get; } =
    [
        Of("at every limit", Step(0, 85, 100, 25, 200, 20)),
        Of("beyond every limit and back", Step(0, 85.5, 100.5, 26, 200.5, 19.5), Step(5, 80, 90, 22, 180, 22), Step(64, 80, 90, 22, 180, 22), Step(65, 80, 90, 22, 180, 22)),
        Of("back but not by the margin", Step(0, 90, 110, 30, 250, 10), Step(5, 80.5, 90.5, 23, 180.5, 21.5), Step(3600, 80.5, 90.5, 23, 180.5, 21.5)),
        Of("one after another", Step(0, 90, 110), Step(5, 60, 110), Step(30, 60, 20), Step(65, 60, 20), Step(89, 60, 20), Step(90, 60, 20)),
        Of("calm broken", Step(0, 90), Step(5, 60), Step(60, 82), Step(65, 60), Step(124, 60), Step(125, 60)),
        Of("nothing known", Step(0), Step(5)),
        Of("the sensor went away", Step(0, 90), Step(5), Step(599), Step(600)),
        Of("the sensor comes and goes", Step(0, 90), Step(5, 60), Step(70), Step(75, 60)),
    ];

    public SafetyVector Again() => Of(Name, [.. Steps]);

    private static SafetyVector Of(string name, params SafetyStepVector[] steps)
    {
        var (state, seen) = (SafetyState.Normal, new List<SafetyStepVector>());
        foreach (var step in steps)
        {
            state = Policy.Next(state, step.ToReading(), Start.AddSeconds(step.AtSeconds));
            seen.Add(step with { SafeMode = [.. state.Breaches.Select(breach => breach.Name)] });
        }

        return new(name, seen);
    }

    private static SafetyStepVector Step(long at, double? temperature = null, double? latency = null, long? errors = null, double? power = null, double? battery = null) =>
        new(at, temperature, latency, errors, power, battery, []);
}

internal sealed record SafetyStepVector(
    long AtSeconds, double? TemperatureC, double? LatencyMs, long? RecentErrors, double? PowerW, double? BatteryPercent, IReadOnlyList<string> SafeMode)
{
    public SafetyReading ToReading() => new()
    {
        TemperatureC = TemperatureC,
        LatencyMs = LatencyMs,
        RecentErrors = RecentErrors,
        PowerW = PowerW,
        BatteryPercent = BatteryPercent,
    };
}
