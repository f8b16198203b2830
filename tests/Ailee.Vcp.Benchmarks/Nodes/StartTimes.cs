namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>
/// How long it took until guests started. A lease is named by a UUIDv7, which begins with the milliseconds
/// of the server's clock when it was granted, cut off: on one machine the time since then is right, and up to a millisecond too long. Thread-safe.
/// </summary>
internal sealed class StartTimes
{
    private const int Most = 100_000;

    private readonly object _gate = new();
    private readonly List<double> _milliseconds = [];

    /// <summary>A guest started.</summary>
    public void Add(Guid lease, DateTimeOffset started)
    {
        var bytes = lease.ToByteArray(bigEndian: true);
        var granted = ((long)bytes[0] << 40) | ((long)bytes[1] << 32) | ((long)bytes[2] << 24) | ((long)bytes[3] << 16) | ((long)bytes[4] << 8) | bytes[5];
        Add(started - DateTimeOffset.FromUnixTimeMilliseconds(granted));
    }

    /// <summary>It took so long.</summary>
    public void Add(TimeSpan time)
    {
        lock (_gate)
        {
            if (_milliseconds.Count < Most)
            {
                _milliseconds.Add(time.TotalMilliseconds);
            }
        }
    }

    /// <summary>The time that this share of the first 100 000 starts took at most; null if there was none. Unit: milliseconds.</summary>
    public double? Quantile(double share)
    {
        lock (_gate)
        {
            return _milliseconds.Count == 0 ? null : _milliseconds.Order().ElementAt((int)((_milliseconds.Count - 1) * share));
        }
    }
}
