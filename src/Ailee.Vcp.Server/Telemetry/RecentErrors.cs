using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// A node counts its faults since it was started; this is how many of them fell within <see cref="SafetyPolicy.ErrorWindow"/>, to five
/// minutes. What it counted before the server first heard of it is not known to be recent. Not thread-safe.
/// </summary>
internal sealed class RecentErrors
{
    private const int Parts = 12;
    private static readonly long PartTicks = SafetyPolicy.ErrorWindow.Ticks / Parts;

    private readonly long[] _parts = new long[Parts];
    private long _part;
    private long? _counted;

    /// <summary>Takes a count and returns how many are recent. A count that is lower than the one before is that of a new start.</summary>
    public long Count(long errors, DateTimeOffset now)
    {
        Forget(now.UtcTicks / PartTicks);
        if (_counted is { } before)
        {
            ref var part = ref _parts[_part % Parts];
            part = Add(part, errors >= before ? errors - before : errors);
        }

        _counted = errors;
        return Sum();
    }

    /// <summary>How many are recent.</summary>
    public long Count(DateTimeOffset now)
    {
        Forget(now.UtcTicks / PartTicks);
        return Sum();
    }

    private void Forget(long part)
    {
        // A clock that was set back forgets nothing.
        for (var next = Math.Max(_part + 1, part - Parts + 1); next <= part; next++)
        {
            _parts[next % Parts] = 0;
        }

        _part = Math.Max(_part, part);
    }

    private long Sum()
    {
        var sum = 0L;
        foreach (var errors in _parts)
        {
            sum = Add(sum, errors);
        }

        return sum;
    }

    // A lying count must not wrap around to few.
    private static long Add(long sum, long errors) => long.MaxValue - sum < errors ? long.MaxValue : sum + errors;
}
