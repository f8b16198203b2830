using Ailee.Vcp.Server.Clocks;

namespace Ailee.Vcp.Server.Tests.Clocks;

/// <summary>When a clock is believed.</summary>
public sealed class ClockTrustTests
{
    private static readonly DateTimeOffset Utc = new(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Next_EvenForWeeks_IsBelieved()
    {
        var trust = ClockTrust.Start(null, Utc, TimeSpan.Zero);

        for (var hour = 1; hour <= 1000; hour++)
        {
            // It gains half of what it may, and that for ever.
            trust = trust.Next(Utc.AddHours(hour).AddSeconds(30 * hour), TimeSpan.FromHours(hour));
            Assert.True(trust.IsTrusted);
        }
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    public void Next_SetByAMinute_IsBelievedUpToThat(int seconds, bool trusted)
    {
        var trust = ClockTrust.Start(null, Utc, TimeSpan.Zero).Next(Utc.AddSeconds(1 + seconds), TimeSpan.FromSeconds(1));

        Assert.Equal(trusted, trust.IsTrusted);
    }

    [Fact]
    public void Next_SetForwardAndBack_IsDoubtedForADayAfterBoth()
    {
        var wrong = ClockTrust.Start(null, Utc, TimeSpan.Zero).Next(Utc.AddDays(500), TimeSpan.Zero).Next(Utc.AddDays(500).AddSeconds(70), TimeSpan.FromSeconds(70));

        var right = wrong.Next(Utc.AddSeconds(80), TimeSpan.FromSeconds(80));

        Assert.Equal((false, Utc.AddDays(500)), (wrong.IsTrusted, wrong.Mark.DoubtedSince));
        Assert.Equal((false, Utc.AddSeconds(80)), (right.IsTrusted, right.Mark.DoubtedSince));
        Assert.False(right.Next(Utc.AddSeconds(79).AddDays(1), TimeSpan.FromSeconds(79) + ClockTrust.Day).IsTrusted);
        Assert.True(right.Next(Utc.AddSeconds(80).AddDays(1), TimeSpan.FromSeconds(80) + ClockTrust.Day).IsTrusted);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(24 * 60, true)]
    [InlineData((24 * 60) + 1, false)]
    [InlineData(-1, true)]
    [InlineData(-2, false)]
    public void Start_FarFromTheRunBefore_IsDoubted(int minutes, bool trusted) =>
        Assert.Equal(trusted, ClockTrust.Start(new ClockMark(Utc, null), Utc.AddMinutes(minutes), TimeSpan.Zero).IsTrusted);

    [Fact]
    public void Start_DoubtedBefore_StaysSoUntilTheDayIsOver()
    {
        // The second start sees nothing wrong: the first one kept the wrong time.
        var first = ClockTrust.Start(new ClockMark(Utc, null), Utc.AddDays(500), TimeSpan.Zero);

        var second = ClockTrust.Start(first.Mark, Utc.AddDays(500).AddHours(1), TimeSpan.Zero);
        var third = ClockTrust.Start(second.Mark, Utc.AddDays(501), TimeSpan.Zero);

        Assert.Equal((false, false, true), (first.IsTrusted, second.IsTrusted, third.IsTrusted));
    }
}
