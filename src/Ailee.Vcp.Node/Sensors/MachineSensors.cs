using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Node.Sensors;

/// <summary>
/// What the machine's sensors say. Nothing is estimated: a value that no sensor has is null. On Linux all of it is read from
/// <c>/proc</c> and <c>/sys</c>, as docs/operations/telemetry.md says; elsewhere only the memory is known. No reading throws.
/// Thread-safe.
/// </summary>
public sealed class MachineSensors
{
    // Between readings that lie closer together the counters have hardly moved.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private const double MostCarbon = 10_000;

    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly bool _hasFiles;
    private readonly ProcessorSensor _processors;
    private readonly MemorySensor _memory;
    private readonly TemperatureSensor _temperature;
    private readonly PowerSupplies _supplies;
    private readonly PackageEnergy _energy;
    private readonly double? _carbon;

    private long? _readAt;
    private EnergyReading? _energyBefore;

    /// <summary>Sensors of the machine that this runs on.</summary>
    /// <param name="time">Measures the time between two readings.</param>
    /// <param name="carbonGramsPerKwh">Carbon intensity of its electricity, which no sensor knows. Unit: g/kWh; 0 to 10 000.</param>
    public MachineSensors(TimeProvider time, double? carbonGramsPerKwh = null)
        : this(time, carbonGramsPerKwh, OperatingSystem.IsLinux() ? "/" : null)
    {
    }

    /// <param name="time">Measures the time between two readings.</param>
    /// <param name="carbonGramsPerKwh">As configured.</param>
    /// <param name="root">Where <c>proc</c> and <c>sys</c> are; null on a system that has none.</param>
    internal MachineSensors(TimeProvider time, double? carbonGramsPerKwh, string? root)
    {
        if (carbonGramsPerKwh is { } carbon and not (>= 0 and <= MostCarbon))
        {
            throw new ArgumentOutOfRangeException(nameof(carbonGramsPerKwh), carbon, "A carbon intensity is 0 to 10000 g/kWh.");
        }

        (_time, _carbon, _hasFiles) = (time, carbonGramsPerKwh, root is not null);
        var files = new SensorFiles(root ?? "");
        var group = new ControlGroup(files);
        _processors = new ProcessorSensor(files, group);
        _memory = new MemorySensor(files, group);
        _temperature = new TemperatureSensor(files);
        _supplies = new PowerSupplies(files);
        _energy = new PackageEnergy(files, time);
        Energy = new EnergyMeter(_energy, time);
    }

    /// <summary>Measures the energy of runs. It knows of counters, and that they go round, from <see cref="Read"/>; so that must be called every few seconds.</summary>
    public EnergyMeter Energy { get; }

    /// <summary>Reads all sensors. What is said of a time is of the time since the reading before, and unknown at the first.</summary>
    /// <param name="running">Guests that run.</param>
    /// <param name="errors">Leases that ended in a fault of the node since it was started.</param>
    public NodeTelemetry Read(int running, long errors)
    {
        lock (_gate)
        {
            var sample = new NodeTelemetry { CarbonGramsPerKwh = _carbon, Running = running, Errors = errors };
            return _hasFiles ? ReadFiles(sample) : sample with { MemoryTotalBytes = PortableTotal() };
        }
    }

    /// <summary>Memory that may still be taken. Unit: bytes; null if it is not known.</summary>
    public long? FreeMemoryBytes() => _hasFiles ? _memory.Read().FreeBytes : null;

    private NodeTelemetry ReadFiles(NodeTelemetry sample)
    {
        double? load = null, watts = null;
        var now = _time.GetTimestamp();
        TimeSpan? elapsed = _readAt is { } before ? _time.GetElapsedTime(before, now) : null;
        if (elapsed is null || elapsed >= Shortest)
        {
            load = _processors.Read(elapsed);
            watts = PackageWatts();
            _readAt = now;
        }

        var (total, free) = _memory.Read();
        var supply = _supplies.Read();
        return sample with
        {
            CpuLoad = load,
            MemoryTotalBytes = total,
            MemoryFreeBytes = free,
            TemperatureC = _temperature.Read(),
            PowerW = watts ?? supply.Watts,
            PowerSource = watts is not null ? "rapl" : supply.Watts is not null ? "battery" : null,
            BatteryPercent = supply.Percent,
            OnBattery = supply.OnBattery,
        };
    }

    private double? PackageWatts()
    {
        var (first, last) = (_energyBefore, _energy.Read());
        _energyBefore = last;
        return last?.Stretch == first?.Stretch && last is { } end && first is { } begin && _time.GetElapsedTime(begin.Timestamp, end.Timestamp) is { TotalSeconds: > 0 and var seconds }
            ? (end.Joules - begin.Joules) / seconds
            : null;
    }

    // What the collector says of free memory is of its last collection, which may be long ago.
    private static long? PortableTotal() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var bytes ? bytes : null;
}
