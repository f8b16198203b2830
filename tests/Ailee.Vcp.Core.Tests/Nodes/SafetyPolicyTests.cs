using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class SafetyPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SafetyPolicy All = new() { MaxPowerW = 200, MinBatteryPercent = 20 };

    private static readonly SafetyReading Fine = new() { TemperatureC = 60, LatencyMs = 20, RecentErrors = 0, PowerW = 100, BatteryPercent = 80 };

    private static readonly Gen<SafetyReading> AnyReading = Gen.Select(Gen.Double[60, 100], Gen.Double[60, 140], Gen.Long[15, 35], Gen.Double[150, 250], Gen.Double[10, 30]).Select(
        (temperature, latency, errors, power, battery) =>
            new SafetyReading { TemperatureC = temperature, LatencyMs = latency, RecentErrors = errors, PowerW = power, BatteryPercent = battery });

    public static TheoryData<string, SafetyReading, SafetyReading, SafetyReading> Limits => new()
    {
        // Name; at the limit; beyond it; back, but not by the margin.
        { "temperature", Fine with { TemperatureC = 85 }, Fine with { TemperatureC = 85.1 }, Fine with { TemperatureC = 80.1 } },
        { "latency", Fine with { LatencyMs = 100 }, Fine with { LatencyMs = 100.1 }, Fine with { LatencyMs = 90.1 } },
        { "errors", Fine with { RecentErrors = 25 }, Fine with { RecentErrors = 26 }, Fine with { RecentErrors = 23 } },
        { "power", Fine with { PowerW = 200 }, Fine with { PowerW = 200.1 }, Fine with { PowerW = 180.1 } },
        { "battery", Fine with { BatteryPercent = 20 }, Fine with { BatteryPercent = 19.9 }, Fine with { BatteryPercent = 21.9 } },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Next_EachLimit_BreachedBeyondItAndLeftOnlyAMinuteAfterTheMargin(string name, SafetyReading at, SafetyReading beyond, SafetyReading near)
    {
        Assert.False(All.Next(SafetyState.Normal, at, Start).IsSafeMode);
        Assert.False(All.Next(SafetyState.Normal, near, Start).IsSafeMode);

        var state = All.Next(SafetyState.Normal, beyond, Start);
        Assert.Equal([name], state.Breaches.Select(breach => breach.Name));
        Assert.StartsWith(name + ": ", Assert.Single(state.Reasons), StringComparison.Ordinal);

        state = All.Next(state, near, Start.AddHours(1));
        Assert.True(state.IsSafeMode);
        Assert.Null(state.Breaches[0].CalmSince);

        state = All.Next(state, Fine, Start.AddHours(2));
        Assert.Equal((Start, Start.AddHours(2)), (state.Breaches[0].Since, state.Breaches[0].CalmSince));
        Assert.True(All.Next(state, Fine, Start.AddHours(2).AddSeconds(59.9)).IsSafeMode);
        Assert.Same(SafetyState.Normal, All.Next(state, Fine, Start.AddHours(2).AddSeconds(60)));
    }

    [Fact]
    public void Next_ExactlyBackByTheMargin_IsCalm()
    {
        var policy = All with { MinBatteryPercent = 50 };
        var state = policy.Next(SafetyState.Normal, new SafetyReading { TemperatureC = 90, LatencyMs = 110, RecentErrors = 30, PowerW = 250, BatteryPercent = 10 }, Start);
        var back = new SafetyReading { TemperatureC = 80, LatencyMs = 90, RecentErrors = 22, PowerW = 180, BatteryPercent = 55 };

        state = policy.Next(state, back, Start.AddSeconds(5));

        Assert.Equal(5, state.Breaches.Count(breach => breach.CalmSince == Start.AddSeconds(5)));
        Assert.False(policy.Next(state, back, Start.AddSeconds(65)).IsSafeMode);
    }

    [Fact]
    public void Next_BackToTheBandWhileCalm_StartsTheMinuteAgain()
    {
        var state = All.Next(SafetyState.Normal, Fine with { TemperatureC = 90 }, Start);
        state = All.Next(state, Fine, Start.AddSeconds(10));
        state = All.Next(state, Fine with { TemperatureC = 82 }, Start.AddSeconds(60));
        state = All.Next(state, Fine, Start.AddSeconds(65));

        Assert.True(All.Next(state, Fine, Start.AddSeconds(124)).IsSafeMode);
        Assert.False(All.Next(state, Fine, Start.AddSeconds(125)).IsSafeMode);
    }

    [Fact]
    public void Next_SeveralBreaches_EachHasItsReasonAndGoesByItself()
    {
        var state = All.Next(SafetyState.Normal, Fine with { TemperatureC = 91.25, BatteryPercent = 5 }, Start);

        Assert.Equal(["temperature: 91.25 °C, above the limit of 85.", "battery: 5 %, below the limit of 20."], state.Reasons);

        state = All.Next(state, Fine with { BatteryPercent = 5 }, Start.AddSeconds(10));
        state = All.Next(state, Fine with { BatteryPercent = 5 }, Start.AddSeconds(70));
        Assert.Equal(["battery"], state.Breaches.Select(breach => breach.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Next_UnknownValue_NeverBreachesAndHoldsOneForTenMinutesAtMost(double? unknown)
    {
        var nothing = new SafetyReading { TemperatureC = unknown };
        Assert.False(All.Next(SafetyState.Normal, nothing, Start).IsSafeMode);

        var state = All.Next(SafetyState.Normal, Fine with { TemperatureC = 90 }, Start);
        state = All.Next(state, nothing, Start.AddMinutes(9.9));
        Assert.True(state.IsSafeMode);
        Assert.False(All.Next(state, nothing, Start.AddMinutes(10)).IsSafeMode);
    }

    // A sensor that answers now and then: what it does not say is neither calm nor a breach.
    [Fact]
    public void Next_UnknownWhileCalm_EndsOnlyWithAKnownValue()
    {
        var state = All.Next(SafetyState.Normal, Fine with { TemperatureC = 90 }, Start);
        state = All.Next(state, Fine, Start.AddSeconds(5));
        state = All.Next(state, SafetyReading.Unknown, Start.AddSeconds(70));

        Assert.True(state.IsSafeMode);
        Assert.False(All.Next(state, Fine, Start.AddSeconds(75)).IsSafeMode);
    }

    [Fact]
    public void Next_LimitTakenAway_EndsItsBreach()
    {
        var state = All.Next(SafetyState.Normal, Fine with { PowerW = 300 }, Start);

        Assert.False(SafetyPolicy.Default.Next(state, Fine with { PowerW = 300 }, Start).IsSafeMode);
    }

    [Fact]
    public void Next_HighBatteryLimit_CanBeReached()
    {
        var policy = new SafetyPolicy { MinBatteryPercent = 95 };
        var state = policy.Next(SafetyState.Normal, Fine with { BatteryPercent = 90 }, Start);
        state = policy.Next(state, Fine with { BatteryPercent = 100 }, Start.AddSeconds(5));

        Assert.False(policy.Next(state, Fine with { BatteryPercent = 100 }, Start.AddSeconds(65)).IsSafeMode);
    }

    [Fact]
    public void Next_OneValueForever_NeverFlaps() => Gen.Select(AnyReading, AnyReading, Gen.Int[1, 90]).Sample((first, forever, seconds) =>
    {
        var (state, now, changes) = (All.Next(SafetyState.Normal, first, Start), Start, 0);
        for (var step = 0; step < 200; step++)
        {
            now += TimeSpan.FromSeconds(seconds);
            var next = All.Next(state, forever, now);
            changes += next.IsSafeMode == state.IsSafeMode ? 0 : 1;
            state = next;
        }

        Assert.InRange(changes, 0, 1);
    });

    // Whatever the values, there are at least the calm minute and a breach between two changes into safe mode.
    [Fact]
    public void Next_AnyReadings_SafeModeLastsAMinuteAtLeast() => AnyReading.Array[1, 100].Sample(readings =>
    {
        var (state, now, entered) = (SafetyState.Normal, Start, Start);
        foreach (var reading in readings)
        {
            now += TimeSpan.FromSeconds(5);
            var next = All.Next(state, reading, now);
            if (next.IsSafeMode && !state.IsSafeMode)
            {
                entered = now;
            }
            else if (!next.IsSafeMode && state.IsSafeMode)
            {
                Assert.True(now - entered >= SafetyPolicy.CalmNeeded);
            }

            Assert.Equal(next.Breaches.Select(breach => breach.Name).Distinct().Count(), next.Breaches.Count);
            state = next;
        }
    });
}
