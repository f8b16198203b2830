using Ailee.Vcp.Node.Remote;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class CorrectedTimeTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _machine = new(Now);
    private readonly CorrectedTime _time;

    public CorrectedTimeTests() => _time = new CorrectedTime(_machine);

    [Fact]
    public void GetUtcNow_Unmeasured_IsTheMachines() => Assert.Equal((Now, TimeSpan.Zero), (_time.GetUtcNow(), _time.Offset));

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(0)]
    public void GetUtcNow_Measured_IsTheServersMidwayThroughTheRequest(int skewSeconds)
    {
        var skew = TimeSpan.FromSeconds(skewSeconds);
        var asked = _time.GetTimestamp();
        _machine.Advance(TimeSpan.FromSeconds(2));
        var server = _machine.GetUtcNow() + skew;
        _machine.Advance(TimeSpan.FromSeconds(2));

        _time.Measure(asked, _time.GetTimestamp(), server);

        Assert.Equal(skew, _time.Offset);
        _machine.Advance(TimeSpan.FromHours(3));
        Assert.Equal(Now + TimeSpan.FromHours(3) + TimeSpan.FromSeconds(4) + skew, _time.GetUtcNow());
    }

    [Fact]
    public void GetUtcNow_MachineClockSetMeanwhile_StaysTheServers()
    {
        var machine = new SetClock(_machine);
        var time = new CorrectedTime(machine);
        time.Measure(time.GetTimestamp(), time.GetTimestamp(), Now);

        machine.Shift = TimeSpan.FromDays(-30);
        _machine.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Now + TimeSpan.FromSeconds(1), time.GetUtcNow());
    }

    [Fact]
    public void Measure_Nonsense_IsIgnored()
    {
        var asked = _time.GetTimestamp();

        _time.Measure(asked, asked, DateTimeOffset.MaxValue);
        _time.Measure(asked, asked, DateTimeOffset.MinValue);
        _time.Measure(asked, asked - 1, Now + TimeSpan.FromDays(1));

        Assert.Equal(Now, _time.GetUtcNow());
    }

    [Fact]
    public async Task Delay_OnIt_FollowsTheMachinesTimers()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _time, CancellationToken.None);

        _machine.Advance(TimeSpan.FromSeconds(5));

        await delay;
    }

    /// <summary>A machine whose clock somebody sets; its monotonic clock goes on.</summary>
    private sealed class SetClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Shift;

        public override long GetTimestamp() => inner.GetTimestamp();
    }
}
