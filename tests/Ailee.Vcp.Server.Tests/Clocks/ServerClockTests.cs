using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Clocks;

/// <summary>Time as the server counts it.</summary>
public sealed class ServerClockTests : IDisposable
{
    private readonly WrongTime _time = new();
    private readonly ServerClock _clock;

    public ServerClockTests()
    {
        _clock = new ServerClock(_time);
        _clock.Start(null);
    }

    [Fact]
    public void Uptime_ClockIsSet_GoesOn()
    {
        _time.Pass(TimeSpan.FromSeconds(10));
        _time.Ahead = TimeSpan.FromDays(500);
        _time.Pass(TimeSpan.FromSeconds(10));
        _time.Ahead = TimeSpan.FromDays(-500);
        _time.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.Zero), (_clock.Uptime, _clock.Paused));
    }

    [Fact]
    public void Uptime_Paused_ThePauseIsNotCounted()
    {
        _time.Pass(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(37));

        Assert.Equal((TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(36)), (_clock.Uptime, _clock.Paused));
        _time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal((TimeSpan.FromSeconds(21), TimeSpan.FromSeconds(36)), (_clock.Uptime, _clock.Paused));
    }

    [Fact]
    public void TrustedUtc_ClockIsSet_NoneUntilItWentEvenlyForADay()
    {
        Assert.Equal(_time.GetUtcNow(), _clock.TrustedUtc);
        _time.Ahead = TimeSpan.FromDays(500);

        // No tick has seen it yet.
        Assert.Null(_clock.TrustedUtc);

        _time.Ahead = TimeSpan.Zero;
        _time.Advance(TimeSpan.FromSeconds(70));
        Assert.Null(_clock.TrustedUtc);
        _time.Advance(ClockTrust.Day);
        Assert.Equal(_time.GetUtcNow(), _clock.TrustedUtc);
    }

    public void Dispose() => _clock.Dispose();
}
