using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// Which values of a machine's sensors can be. One that cannot is dropped by its name and is then unknown; the rest of the heartbeat
/// counts, so that one broken sensor does not take a node away.
/// </summary>
internal static class TelemetryRules
{
    private const double CelsiusLow = -100;
    private const double CelsiusHigh = 250;
    private const double MostWatts = 1_000_000;
    private const double MostCarbon = 10_000;
    private const long MostMemory = 1L << 50;
    private const int MostRunning = 1024;

    /// <summary>What can be, and the names of what was dropped. The very same object if nothing was.</summary>
    public static (NodeTelemetry Kept, IReadOnlyList<string> Dropped) Accept(NodeTelemetry told)
    {
        if (IsWithin(told.CpuLoad, 0, 1) && IsMemory(told.MemoryTotalBytes) && IsFree(told.MemoryFreeBytes, told.MemoryTotalBytes)
            && IsWithin(told.TemperatureC, CelsiusLow, CelsiusHigh) && IsWithin(told.PowerW, 0, MostWatts) && IsSource(told.PowerSource, told.PowerW)
            && IsWithin(told.BatteryPercent, 0, 100) && IsWithin(told.CarbonGramsPerKwh, 0, MostCarbon) && told.Running is >= 0 and <= MostRunning && told.Errors >= 0)
        {
            return (told, []);
        }

        var dropped = new List<string>();
        var (total, power) = (Keep("memoryTotalBytes", told.MemoryTotalBytes, IsMemory(told.MemoryTotalBytes)), Keep("powerW", told.PowerW, IsWithin(told.PowerW, 0, MostWatts)));
        var kept = told with
        {
            CpuLoad = Keep("cpuLoad", told.CpuLoad, IsWithin(told.CpuLoad, 0, 1)),
            MemoryTotalBytes = total,
            MemoryFreeBytes = Keep("memoryFreeBytes", told.MemoryFreeBytes, IsFree(told.MemoryFreeBytes, total)),
            TemperatureC = Keep("temperatureC", told.TemperatureC, IsWithin(told.TemperatureC, CelsiusLow, CelsiusHigh)),
            PowerW = power,
            PowerSource = IsSource(told.PowerSource, power) ? told.PowerSource : DropText("powerSource"),
            BatteryPercent = Keep("batteryPercent", told.BatteryPercent, IsWithin(told.BatteryPercent, 0, 100)),
            CarbonGramsPerKwh = Keep("carbonGramsPerKwh", told.CarbonGramsPerKwh, IsWithin(told.CarbonGramsPerKwh, 0, MostCarbon)),
            Running = Keep<int>("running", told.Running, told.Running is >= 0 and <= MostRunning) ?? 0,
            Errors = Keep<long>("errors", told.Errors, told.Errors >= 0) ?? 0,
        };
        return (kept, dropped);

        T? Keep<T>(string name, T? value, bool fits)
            where T : struct
        {
            if (!fits)
            {
                dropped.Add(name);
            }

            return fits ? value : null;
        }

        string? DropText(string name)
        {
            dropped.Add(name);
            return null;
        }
    }

    // Comparisons with what is no number are false, so it never fits.
    private static bool IsWithin(double? value, double least, double most) => value is null || (value >= least && value <= most);

    private static bool IsMemory(long? bytes) => bytes is null or (>= 0 and <= MostMemory);

    private static bool IsFree(long? free, long? total) => IsMemory(free) && (free is null || total is null || free <= total);

    private static bool IsSource(string? source, double? power) => source is null || (power is not null && (source is "rapl" or "battery"));
}
