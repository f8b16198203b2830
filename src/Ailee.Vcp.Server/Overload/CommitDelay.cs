namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Whether submissions wait too long for the database, told from the shortest wait of a while: a burst makes some of them wait, a
/// standing queue makes all wait (CoDel, RFC 8289 §3). While nothing is submitted nothing is known, and some are let in to see. Thread-safe.
/// </summary>
/// <param name="most">The wait that is too long.</param>
/// <param name="time">Measures waits.</param>
internal sealed class CommitDelay(TimeSpan most, TimeProvider time)
{
    /// <summary>How long a while is.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private long _since = time.GetTimestamp();
    private TimeSpan? _shortest;
    private TimeSpan _before;

    /// <summary>The shortest wait of the last while that is over; zero if there was none.</summary>
    public TimeSpan Shortest
    {
        get
        {
            lock (_lock)
            {
                Pass();
                return _before;
            }
        }
    }

    /// <summary>Whether it is too long.</summary>
    public bool IsTooLong => Shortest > most;

    /// <summary>When a wait begins; for <see cref="Waited"/>.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>A wait is over.</summary>
    public void Waited(long begin)
    {
        var wait = time.GetElapsedTime(begin);
        lock (_lock)
        {
            Pass();
            _shortest = wait < _shortest ? wait : _shortest ?? wait;
        }
    }

    private void Pass()
    {
        var elapsed = time.GetElapsedTime(_since);
        if (elapsed >= Interval)
        {
            // What is older than one while says nothing of now.
            _before = elapsed < 2 * Interval ? _shortest ?? TimeSpan.Zero : TimeSpan.Zero;
            (_since, _shortest) = (time.GetTimestamp(), null);
        }
    }
}
