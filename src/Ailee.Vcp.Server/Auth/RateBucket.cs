namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// A token bucket that holds one minute's worth, as the moment at which it will be full again (GCRA): taking is one exchange of a number
/// and allocates nothing. Unlike the limiters of the framework it has the injected clock, so that what it answers can be tested. Thread-safe.
/// </summary>
internal sealed class RateBucket
{
    private long _fullAt;

    /// <summary>Takes one.</summary>
    /// <param name="perMinute">How many there are in a minute.</param>
    /// <param name="now">The moment, in the clock's ticks.</param>
    /// <param name="ticksPerSecond">The clock's ticks in a second.</param>
    /// <returns>Null if it was taken, otherwise the seconds after which there is one again.</returns>
    public int? TryTake(long perMinute, long now, long ticksPerSecond)
    {
        var minute = 60 * ticksPerSecond;
        var each = Math.Max(1, minute / perMinute);
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            var next = Math.Max(fullAt, now) + each;
            if (next - now > minute)
            {
                return (int)Math.Max(1, (next - now - minute + ticksPerSecond - 1) / ticksPerSecond);
            }

            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt)
            {
                return null;
            }
        }
    }

    /// <summary>As <see cref="TryTake"/>, but takes nothing.</summary>
    public int? Look(long perMinute, long now, long ticksPerSecond)
    {
        var minute = 60 * ticksPerSecond;
        var over = Math.Max(Volatile.Read(ref _fullAt), now) + Math.Max(1, minute / perMinute) - now - minute;
        return over > 0 ? (int)Math.Max(1, (over + ticksPerSecond - 1) / ticksPerSecond) : null;
    }

    /// <summary>Whether nothing of it is taken.</summary>
    public bool IsFull(long now) => Volatile.Read(ref _fullAt) <= now;
}
