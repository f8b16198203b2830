namespace Ailee.Vcp.Cli.Tests.Log;

/// <summary>A clock on which every wait is over at once; it keeps how long each would have been.</summary>
internal sealed class InstantTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Called before each wait.</summary>
    public Action Waiting { get; set; } = () => { };

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waiting();
        Waits.Add(dueTime);
        _now += dueTime;
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
