namespace Ailee.Vcp.Node.Sensors;

/// <summary>
/// The control groups (version 2) that this process is in, from its own up to the root that it sees. Any of them may have a limit.
/// Version 1 is not looked at.
/// </summary>
internal sealed class ControlGroup(SensorFiles files)
{
    private const string Mount = "sys/fs/cgroup";
    private const int MostLevels = 32;
    private const double MicrosecondsPerSecond = 1e6;

    private Dictionary<string, long> _usage = [];

    /// <summary>The lowest limit and the lowest memory that is left below a limit; null where there is no limit.</summary>
    public (long? TotalBytes, long? FreeBytes) Memory()
    {
        (long? total, long? free) = (null, null);
        foreach (var level in Levels())
        {
            if (files.Number($"{level}/memory.max") is not (> 0 and <= MemorySensor.MostBytes and var limit))
            {
                continue;
            }

            total = Math.Min(total ?? long.MaxValue, limit);
            if (files.Number($"{level}/memory.current") is >= 0 and var used)
            {
                // Pages of files that nobody used lately are counted as used, but are given up before anything fails.
                var held = used - Math.Clamp(Field(files.Text($"{level}/memory.stat"), "inactive_file") ?? 0, 0, used);
                free = Math.Min(free ?? long.MaxValue, Math.Max(0, limit - held));
            }
        }

        return (total, free);
    }

    /// <summary>The largest used share of a quota of processor time since the call before; null if there is no quota, or no call before.</summary>
    /// <param name="elapsed">Time since that call.</param>
    public double? ProcessorLoad(TimeSpan? elapsed)
    {
        double? load = null;
        var usage = new Dictionary<string, long>();
        foreach (var level in Levels())
        {
            if (Processors(files.Line($"{level}/cpu.max")) is not { } processors
                || Field(files.Text($"{level}/cpu.stat"), "usage_usec") is not (>= 0 and var used))
            {
                continue;
            }

            usage[level] = used;
            if (elapsed > TimeSpan.Zero && _usage.TryGetValue(level, out var before) && used >= before)
            {
                // A quota of one period may be used up at once, so a share may be a little above 1.
                load = Math.Max(load ?? 0, Math.Min(1, (used - before) / (elapsed.Value.TotalSeconds * MicrosecondsPerSecond * processors)));
            }
        }

        _usage = usage;
        return load;
    }

    // "<quota> <period>" in microseconds, or "max <period>" for no quota.
    private static double? Processors(string? line) =>
        line?.Split(' ') is [var quota, var period] && SensorFiles.ParseNumber(quota) is > 0 and var share && SensorFiles.ParseNumber(period) is > 0 and var whole
            ? (double)share / whole
            : null;

    private static long? Field(string? text, string name)
    {
        foreach (var line in (text ?? "").Split('\n'))
        {
            if (line.Split(' ') is [var key, var value] && key == name)
            {
                return SensorFiles.ParseNumber(value);
            }
        }

        return null;
    }

    private List<string> Levels()
    {
        var levels = new List<string> { Mount };
        var own = (files.Text("proc/self/cgroup") ?? "").Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal));
        var level = Mount;
        foreach (var name in (own?[4..] ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Take(MostLevels))
        {
            if (name is "." or ".." || name.Contains('\0', StringComparison.Ordinal))
            {
                // Outside of what this process sees: only the root that it sees is left.
                return [Mount];
            }

            level = $"{level}/{name}";
            levels.Add(level);
        }

        return levels;
    }
}
