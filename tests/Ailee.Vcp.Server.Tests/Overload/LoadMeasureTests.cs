using Ailee.Vcp.Server.Overload;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Overload;

/// <summary>What is measured to tell how much load there is.</summary>
public sealed class LoadMeasureTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Rate_SteadyEvents_IsTheirsAlsoWithinTheFirstSeconds()
    {
        var meter = new RateMeter(_time);
        Assert.Equal(0, meter.PerSecond());

        for (var second = 1; second <= 90; second++)
        {
            for (var i = 0; i < 10; i++)
            {
                meter.Count();
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            Assert.InRange(meter.PerSecond(), 9.6, 10.1);
        }
    }

    [Fact]
    public void Rate_NothingForHalfAMinute_IsNone()
    {
        var meter = new RateMeter(_time);
        for (var i = 0; i < 300; i++)
        {
            meter.Count();
        }

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(300 / 29.0, meter.PerSecond(), 6);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, meter.PerSecond());
        _time.Advance(TimeSpan.FromDays(1));
        meter.Count();
        Assert.Equal(1 / 30.0, meter.PerSecond(), 6);
    }

    [Theory]
    [InlineData(10_000, 1000, 1)]
    [InlineData(10_000, 100, 10)]
    [InlineData(10_000, 99, 11)]
    [InlineData(10_000, 1, 60)]
    [InlineData(1, 0.5, 2)]
    [InlineData(0, 1000, 1)]
    [InlineData(10, 0, 60)]
    public void Seconds_WaitingAndRate_IsTheTimeOfATenth(int waiting, double perSecond, int seconds) => Assert.Equal(seconds, RetryTime.Seconds(waiting, perSecond));

    [Fact]
    public void CommitDelay_OneOfManyIsQuick_IsNotTooLong()
    {
        var delay = new CommitDelay(TimeSpan.FromMilliseconds(500), _time);
        var early = delay.Begin();
        _time.Advance(TimeSpan.FromSeconds(2));
        delay.Waited(early);
        delay.Waited(delay.Begin());
        _time.Advance(CommitDelay.Interval);

        Assert.Equal((TimeSpan.Zero, false), (delay.Shortest, delay.IsTooLong));
    }

    [Fact]
    public void CommitDelay_AllWait_IsTooLongUntilNobodyDoesAnyMore()
    {
        var delay = new CommitDelay(TimeSpan.FromMilliseconds(500), _time);
        var begin = delay.Begin();
        _time.Advance(TimeSpan.FromMilliseconds(501));
        delay.Waited(begin);
        Assert.False(delay.IsTooLong);
        _time.Advance(CommitDelay.Interval);

        Assert.Equal((TimeSpan.FromMilliseconds(501), true), (delay.Shortest, delay.IsTooLong));
        _time.Advance(CommitDelay.Interval);
        Assert.False(delay.IsTooLong);
    }

    [Fact]
    public void Watermark_GoesDownAndUp_DoesNotFlicker()
    {
        var watermark = new Watermark(1000);
        bool[] changed = [.. new long?[] { 1001, 1000, 999, 1000, null, 1249, 1250, 1000, 0, null, 5000 }.Select(left => watermark.Take(left))];

        Assert.Equal([false, false, true, false, false, false, true, false, true, false, true], changed);
        Assert.False(watermark.IsLow);
    }

    [Fact]
    public void Watermark_None_IsNeverLow() => Assert.False(new Watermark(0).Take(0));
}
