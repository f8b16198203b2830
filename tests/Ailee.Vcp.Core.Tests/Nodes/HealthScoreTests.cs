using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class HealthScoreTests
{
    private static readonly HealthInput Best = new()
    {
        BandwidthMbps = 1000,
        LatencyMs = 0,
        GasPerSecond = 2000,
        FleetMedianGasPerSecond = 1000,
        Reputation = 1,
        Silence = TimeSpan.Zero,
    };

    private static readonly Gen<double?> Measured =
        Gen.OneOf(Gen.Double[-10, 5000].Select(value => (double?)value), Gen.Double.Select(value => (double?)value), Gen.Const((double?)null));

    private static readonly Gen<HealthInput> Any = Gen.Select(Measured.Array[4], Gen.Double[-1, 2], Gen.Int[-1, 30], Gen.Bool).Select(
        (measured, reputation, silence, isSafe) => new HealthInput
        {
            BandwidthMbps = measured[0],
            LatencyMs = measured[1],
            GasPerSecond = measured[2],
            FleetMedianGasPerSecond = measured[3],
            Reputation = reputation,
            SafeMode = isSafe ? [] : ["It is hot."],
            Silence = silence < 0 ? null : TimeSpan.FromSeconds(silence),
        });

    [Fact]
    public void Of_EveryFactorAtItsBest_IsOne()
    {
        var score = HealthScore.Of(Best);

        Assert.Equal(1, score.Value, 12);
        Assert.Equal(["bandwidth", "latency", "efficiency", "reputation"], score.Factors.Select(factor => factor.Name));
        Assert.Equal([0.40, 0.30, 0.20, 0.10], score.Factors.Select(factor => factor.Weight));
        Assert.Equal([1000, 0, 2000, 1], score.Factors.Select(factor => factor.Value));
        Assert.All(score.Factors, factor => Assert.Equal(1, factor.Normalized));
    }

    [Fact]
    public void Of_HalfOfEverything_IsTheWeightedSum()
    {
        var score = HealthScore.Of(Best with { BandwidthMbps = 250, LatencyMs = 40, GasPerSecond = 1000, Reputation = 0.9 });

        Assert.Equal([0.25, 0.6, 0.5, 0.9], score.Factors.Select(factor => factor.Normalized));
        Assert.Equal((0.40 * 0.25) + (0.30 * 0.6) + (0.20 * 0.5) + (0.10 * 0.9), score.Value, 12);
    }

    [Fact]
    public void Of_NewNode_IsNeutral()
    {
        var score = HealthScore.Of(new HealthInput { Silence = TimeSpan.Zero });

        Assert.Equal(0.5, score.Value, 12);
        Assert.All(score.Factors.Take(3), factor => Assert.Equal((null, 0.5, "Not measured yet; counts as 0.5."), (factor.Value, factor.Normalized, factor.Reason)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    public void Of_NoMedianToCompareWith_EfficiencyIsNeutral(double? median)
    {
        var efficiency = HealthScore.Of(Best with { FleetMedianGasPerSecond = median }).Factors[2];

        Assert.Equal((2000, 0.5), (efficiency.Value, efficiency.Normalized));
    }

    [Fact]
    public void Of_SafeMode_IsZeroAndShowsWhyAndWhatItWouldBe()
    {
        var score = HealthScore.Of(Best with { LatencyMs = 100, SafeMode = ["It is hot.", "Its clock is wrong."] });

        Assert.Equal(0, score.Value);
        Assert.Equal(0.7, score.Raw, 12);
        var gate = score.Factors[4];
        Assert.Equal(("safe-mode", 0, 0), (gate.Name, gate.Normalized, gate.Weight));
        Assert.Equal(0.7, gate.Value!.Value, 12);
        Assert.EndsWith("instead of 0.7: It is hot. Its clock is wrong.", gate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SilentNode_IsZeroAfterTheTimeAndNotBefore()
    {
        var fresh = HealthScore.Of(Best with { Silence = TimeSpan.FromSeconds(15) });
        var stale = HealthScore.Of(Best with { Silence = TimeSpan.FromSeconds(15.001) });
        var patient = HealthScore.Of(Best with { Silence = TimeSpan.FromSeconds(16), StaleAfter = TimeSpan.FromSeconds(20) });
        var unheard = HealthScore.Of(Best with { Silence = null, SafeMode = ["It is hot."] });

        Assert.Equal(1, fresh.Value, 12);
        Assert.Equal((0, "stale"), (stale.Value, stale.Factors[4].Name));
        Assert.Equal(1, patient.Value, 12);
        Assert.Equal(0, unheard.Value);
        Assert.Equal(["safe-mode", "stale"], unheard.Factors.Skip(4).Select(factor => factor.Name));
    }

    [Fact]
    public void Of_Anything_StaysInRangeAndAddsUp() => Any.Sample(input =>
    {
        var score = HealthScore.Of(input);

        Assert.InRange(score.Value, 0, 1);
        Assert.InRange(score.Raw, 0, 1);
        Assert.All(score.Factors, factor => Assert.InRange(factor.Normalized, 0, 1));
        Assert.Equal(1, score.Factors.Sum(factor => factor.Weight), 12);
        Assert.Equal(score.Factors.Count > 4 ? 0 : score.Raw, score.Value);
        Assert.All(score.Factors, factor => Assert.True(factor.Value is not { } value || double.IsFinite(value)));
    });

    [Fact]
    public void Of_MoreOfWhatIsGood_IsNeverWorse() => Gen.Select(Any, Gen.Double[0, 1000]).Sample((input, more) =>
    {
        var raw = HealthScore.Of(input).Raw;

        Assert.True(HealthScore.Of(input with { BandwidthMbps = Finite(input.BandwidthMbps) + more }).Raw >= raw || Finite(input.BandwidthMbps) is null);
        Assert.True(HealthScore.Of(input with { LatencyMs = Finite(input.LatencyMs) - more }).Raw >= raw || Finite(input.LatencyMs) is null);
        Assert.True(HealthScore.Of(input with { GasPerSecond = Finite(input.GasPerSecond) + more }).Raw >= raw || Finite(input.GasPerSecond) is null);
        Assert.True(HealthScore.Of(input with { Reputation = input.Reputation + more }).Raw >= raw);
    });

    private static double? Finite(double? value) => value is { } known && double.IsFinite(known) ? known : null;
}
