namespace Ailee.Vcp.Server.Clocks;

/// <summary>
/// What the server knows of time beside what the machine's clock says: how long it ran, and whether the clock can be believed. Thread-safe.
/// </summary>
internal sealed class ServerClock(TimeProvider time) : IDisposable
{
    /// <summary>The longest that counts between two ticks. What is beyond was a pause: of the process, of its machine, or of all its threads.</summary>
    public static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = LongestTick / 4;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private ITimer? _timer;
    private TimeSpan _tickAt;
    private TimeSpan _paused;
    private ClockTrust _trust = ClockTrust.Start(null, time.GetUtcNow(), TimeSpan.Zero);

    /// <summary>Now.</summary>
    public Moment Now => new(time.GetUtcNow(), Uptime);

    /// <summary>How long the server ran, pauses not counted.</summary>
    public TimeSpan Uptime
    {
        get
        {
            lock (_lock)
            {
                // Until the tick after a pause nothing is late: whoever looks first sees no more than whoever looks later.
                return Counted(time.GetElapsedTime(_start)) - _paused;
            }
        }
    }

    /// <summary>How long it was paused in all.</summary>
    public TimeSpan Paused
    {
        get
        {
            lock (_lock)
            {
                return _paused;
            }
        }
    }

    /// <summary>The time by which things are old enough to be taken away; null while the clock is doubted, and then nothing is.</summary>
    public DateTimeOffset? TrustedUtc => Look() is { DoubtedSince: null } mark ? mark.Utc : null;

    /// <summary>Begins to notice pauses, and goes on from what was known of the clock.</summary>
    /// <param name="last">The mark of the run before; null if there was none.</param>
    public void Start(ClockMark? last)
    {
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_start);
            (_tickAt, _trust) = (elapsed, ClockTrust.Start(last, time.GetUtcNow(), elapsed));
            _timer = time.CreateTimer(_ => Tick(), null, Interval, Interval);
        }
    }

    /// <summary>Looks at the clock.</summary>
    public ClockMark Look()
    {
        lock (_lock)
        {
            var (before, utc) = (time.GetElapsedTime(_start), time.GetUtcNow());
            var elapsed = time.GetElapsedTime(_start);
            if (elapsed - before <= LongestTick)
            {
                // A pause between the two would look like a clock that was set.
                _trust = _trust.Next(utc, elapsed);
            }

            return _trust.Mark;
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_start);
            _paused += elapsed - Counted(elapsed);
            _tickAt = elapsed;
        }

        Look();
    }

    private TimeSpan Counted(TimeSpan elapsed) => _timer is null || elapsed - _tickAt <= LongestTick ? elapsed : _tickAt + LongestTick;
}
