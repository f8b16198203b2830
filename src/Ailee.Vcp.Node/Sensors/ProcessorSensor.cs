namespace Ailee.Vcp.Node.Sensors;

/// <summary>How busy the processors were between two readings.</summary>
internal sealed class ProcessorSensor(SensorFiles files, ControlGroup group)
{
    // user nice system idle iowait irq softirq steal; what guests of this machine take is in user and nice already.
    private const int Counters = 8;
    private const int Idle = 3;
    private const int IoWait = 4;
    private const long Largest = 1L << 56;

    private (long Busy, long Total)? _before;

    /// <summary>Share from 0 to 1 since the reading before; null at the first, or if the counters cannot be read or went back.</summary>
    /// <remarks>
    /// All processors of the machine, or what the process may use of them if that is busier: a container with a quota of one
    /// processor is full when that is used up, however many the machine has; and it is slow when the machine is full.
    /// </remarks>
    /// <param name="elapsed">Time since the reading before.</param>
    public double? Read(TimeSpan? elapsed)
    {
        var now = Ticks();
        var machine = now is { } last && _before is { } first ? Share(last.Busy - first.Busy, last.Total - first.Total) : null;
        _before = now;
        var quota = group.ProcessorLoad(elapsed);
        return machine is null ? quota : Math.Max(machine.Value, quota ?? 0);
    }

    // iowait is known to go back now and then, and all of them do when a processor is taken away.
    private static double? Share(long busy, long total) => total > 0 && busy >= 0 && busy <= total ? (double)busy / total : null;

    private (long Busy, long Total)? Ticks()
    {
        var fields = files.Line("proc/stat")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        // Kernels that are very old have fewer counters, but at least the first four.
        if (fields.Length <= Idle + 1 || fields[0] != "cpu")
        {
            return null;
        }

        var (busy, total) = (0L, 0L);
        for (var i = 0; i < Math.Min(Counters, fields.Length - 1); i++)
        {
            if (SensorFiles.ParseNumber(fields[i + 1]) is not (>= 0 and <= Largest and var ticks))
            {
                return null;
            }

            total += ticks;
            busy += i is Idle or IoWait ? 0 : ticks;
        }

        return (busy, total);
    }
}
