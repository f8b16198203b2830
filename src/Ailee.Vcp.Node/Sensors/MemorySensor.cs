namespace Ailee.Vcp.Node.Sensors;

/// <summary>Memory of the machine, or of the control group if that has less.</summary>
internal sealed class MemorySensor(SensorFiles files, ControlGroup group)
{
    /// <summary>1 PiB; what says more is not a size of memory.</summary>
    public const long MostBytes = 1L << 50;

    private const long Kibibyte = 1024;

    /// <summary>Bytes; each is null if it is not known.</summary>
    public (long? TotalBytes, long? FreeBytes) Read()
    {
        var lines = (files.Text("proc/meminfo") ?? "").Split('\n');
        var (limit, left) = group.Memory();
        var total = Least(Field(lines, "MemTotal:"), limit);
        var free = Least(Field(lines, "MemAvailable:"), left);
        // The two are not read in one moment.
        return total is 0 ? (null, null) : (total, free is null || total is null ? free : Math.Min(free.Value, total.Value));
    }

    private static long? Least(long? first, long? second) => first is null || second < first ? second : first;

    private static long? Field(string[] lines, string name)
    {
        foreach (var line in lines)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var key, var value, "kB"] && key == name)
            {
                return SensorFiles.ParseNumber(value) is >= 0 and <= MostBytes / Kibibyte and var number ? number * Kibibyte : null;
            }
        }

        return null;
    }
}
