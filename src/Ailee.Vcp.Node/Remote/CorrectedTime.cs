namespace Ailee.Vcp.Node.Remote;

/// <summary>
/// The server's clock, as far as it can be known here: what it last said, and how long ago that was by the monotonic clock. So the
/// machine's own clock may be wrong and may be set meanwhile. Until it said something it is the machine's. Thread-safe.
/// </summary>
/// <param name="machine">The machine's clock.</param>
public sealed class CorrectedTime(TimeProvider machine) : TimeProvider
{
    // What is outside is no clock, and arithmetic with it could overflow.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private volatile Sample? _sample;

    /// <summary>How much later the server's clock is than the machine's; zero until it is known.</summary>
    public TimeSpan Offset => GetUtcNow() - machine.GetUtcNow();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>Takes in what the server said. It is taken to have been so midway between the two timestamps.</summary>
    /// <param name="asked">Timestamp before the request was sent.</param>
    /// <param name="answered">Timestamp when the answer was there.</param>
    /// <param name="server">The server's clock as the answer says it. Nonsense is ignored.</param>
    public void Measure(long asked, long answered, DateTimeOffset server)
    {
        if (server >= Earliest && server <= Latest && answered >= asked)
        {
            _sample = new Sample(asked + ((answered - asked) / 2), server);
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _sample is { } sample
        ? (sample.Server + machine.GetElapsedTime(sample.Timestamp)).ToUniversalTime()
        : machine.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    private sealed record Sample(long Timestamp, DateTimeOffset Server);
}
