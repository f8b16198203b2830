namespace Ailee.Vcp.Node.Sensors;

/// <summary>
/// The energy of one run: what the processor packages took while it ran. Known only if no other run of this node was under way at
/// any time of it; RAPL cannot tell what is whose, and nothing is divided up. What other programs and the idle machine take is in it.
/// Thread-safe.
/// </summary>
public sealed class EnergyMeter
{
    /// <summary>Shorter runs are unknown: the counters step once a millisecond, so up to 2 % of this is chance.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly PackageEnergy _energy;
    private readonly TimeProvider _time;
    private int _running;
    private long _begun;

    internal EnergyMeter(PackageEnergy energy, TimeProvider time)
    {
        _energy = energy;
        _time = time;
    }

    /// <summary>A run begins. Dispose it when the run is over, however it ends.</summary>
    public Run Begin()
    {
        lock (_gate)
        {
            _begun++;
            var alone = _running++ == 0;
            // Where there are no counters a run must not pay for looking. The samples for heartbeats find them when they appear.
            return new Run(this, _begun, alone && _energy.IsKnown ? _energy.Read() : null);
        }
    }

    private double? End(Run run)
    {
        lock (_gate)
        {
            _running--;
            return _begun == run.Number && run.First is { } first && _energy.Read() is { } last && last.Stretch == first.Stretch
                && _time.GetElapsedTime(first.Timestamp, last.Timestamp) >= Shortest
                ? last.Joules - first.Joules
                : null;
        }
    }

    /// <summary>A run that is measured.</summary>
    public sealed class Run : IDisposable
    {
        private readonly EnergyMeter _meter;
        private int _ended;

        internal Run(EnergyMeter meter, long number, EnergyReading? first)
        {
            _meter = meter;
            Number = number;
            First = first;
        }

        internal long Number { get; }

        internal EnergyReading? First { get; }

        /// <summary>The run is over. Unit: joules; null if they are not known, or it was over before.</summary>
        public double? End() => Interlocked.Exchange(ref _ended, 1) == 0 ? _meter.End(this) : null;

        /// <summary>Ends the run if it has not ended.</summary>
        public void Dispose() => End();
    }
}
