namespace Ailee.Vcp.Server.Overload;

/// <summary>How often something happened in a second, on average over the last half minute, or since the start if that is less. Thread-safe.</summary>
internal sealed class RateMeter
{
    private const int Seconds = 30;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Seconds];
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _second;
    private int _sum;

    public RateMeter(TimeProvider time) => (_time, _start) = (time, time.GetTimestamp());

    /// <summary>It happened.</summary>
    public void Count()
    {
        lock (_lock)
        {
            Pass();
            _counts[_second % Seconds]++;
            _sum++;
        }
    }

    /// <summary>The rate.</summary>
    public double PerSecond()
    {
        lock (_lock)
        {
            var elapsed = Pass().TotalSeconds;
            return _sum / Math.Clamp(elapsed, 1, Seconds);
        }
    }

    // Forgets what is too long ago.
    private TimeSpan Pass()
    {
        var elapsed = _time.GetElapsedTime(_start);
        var now = (long)elapsed.TotalSeconds;
        if (now - _second >= Seconds)
        {
            Array.Clear(_counts);
            (_second, _sum) = (now, 0);
        }

        while (_second < now)
        {
            _second++;
            _sum -= _counts[_second % Seconds];
            _counts[_second % Seconds] = 0;
        }

        return elapsed;
    }
}
