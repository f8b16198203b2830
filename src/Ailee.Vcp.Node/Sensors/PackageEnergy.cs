using System.Globalization;

namespace Ailee.Vcp.Node.Sensors;

/// <summary>
/// The energy that the processor packages took, as RAPL counts it, since some moment. The counters are small and start again at 0
/// every few minutes, so they must be read more often than that. Thread-safe.
/// </summary>
internal sealed class PackageEnergy(SensorFiles files, TimeProvider time)
{
    private const string Zones = "sys/class/powercap";
    private const string Prefix = "intel-rapl:";
    private const double MicrojoulesPerJoule = 1e6;

    // No package takes as much. What is above is a counter that was set back, for instance while the machine slept.
    private const double MostWatts = 1000;

    // A counter steps about once a millisecond, and the readings of several threads may lie closer together than that.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private Dictionary<string, Counter> _before = [];
    private long _readAt;
    private double _joules;
    private long _stretch;

    /// <summary>Whether the last reading found counters that may be read.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Joules since the beginning of a stretch; null if a package cannot be read.</summary>
    public EnergyReading? Read()
    {
        lock (_gate)
        {
            var counters = Counters();
            var now = time.GetTimestamp();
            if (counters is null)
            {
                (_before, IsKnown) = ([], false);
                return null;
            }

            if (Joules(counters, time.GetElapsedTime(_readAt, now)) is { } joules)
            {
                _joules += joules;
            }
            else
            {
                // What was taken in between is not known, so nothing before can be compared with anything after.
                (_joules, _stretch) = (0, _stretch + 1);
            }

            (_before, _readAt, IsKnown) = (counters, now, true);
            return new EnergyReading(_joules, _stretch, now);
        }
    }

    /// <summary>What all packages took since the reading before; null if that is not certain.</summary>
    private double? Joules(Dictionary<string, Counter> counters, TimeSpan elapsed)
    {
        var most = MostWatts * (elapsed + Slack).TotalSeconds * MicrojoulesPerJoule;
        var sum = 0.0;
        foreach (var (zone, counter) in counters)
        {
            // A counter may have gone round more than once if it had the time.
            if (!_before.TryGetValue(zone, out var before) || before.Range != counter.Range || most >= counter.Range)
            {
                return null;
            }

            var taken = counter.Microjoules - before.Microjoules + (counter.Microjoules < before.Microjoules ? counter.Range : 0);
            if (taken > most)
            {
                return null;
            }

            sum += taken;
        }

        return counters.Count == _before.Count ? sum / MicrojoulesPerJoule : null;
    }

    /// <summary>The counters of all packages; null if there is none, or one cannot be read: a part of the machine would look like all of it.</summary>
    private Dictionary<string, Counter>? Counters()
    {
        var counters = new Dictionary<string, Counter>();
        foreach (var zone in files.Entries(Zones, Prefix))
        {
            // intel-rapl:0:1 is a part of intel-rapl:0, and a zone "psys" has the packages in it.
            if (!uint.TryParse(Path.GetFileName(zone).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                || files.Line($"{zone}/name")?.StartsWith("package", StringComparison.Ordinal) != true)
            {
                continue;
            }

            if (files.Number($"{zone}/energy_uj") is not (>= 0 and var energy) || files.Number($"{zone}/max_energy_range_uj") is not (> 0 and var range) || energy > range)
            {
                return null;
            }

            counters.Add(zone, new Counter(energy, range));
        }

        return counters.Count > 0 ? counters : null;
    }

    private readonly record struct Counter(long Microjoules, long Range);
}

/// <summary>A reading of the packages' energy. Two readings can be compared if they are of the same stretch.</summary>
/// <param name="Joules">Since the stretch began.</param>
/// <param name="Stretch">Changes whenever something was lost between two readings.</param>
/// <param name="Timestamp">When, as the time provider counts.</param>
internal readonly record struct EnergyReading(double Joules, long Stretch, long Timestamp);
