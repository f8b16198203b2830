using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class NodeReputationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<ReputationEventKind> AnyKind = Gen.Int[0, ReputationEventKind.All.Count - 1].Select(index => ReputationEventKind.All[index]);

    private static readonly Gen<TimeSpan> AnyWait = Gen.Long[0, TimeSpan.FromDays(400).Ticks].Select(TimeSpan.FromTicks);

    [Fact]
    public void Kinds_All_HaveTheirNamesDeltasAndStrikes()
    {
        (string, double, bool)[] expected =
        [
            ("agreed", 0.01, false), ("late-agreed", 0.01, false), ("audit-passed", 0.01, false),
            ("divergent", -0.05, true), ("equivocation", -0.05, true), ("invalid-statement", -0.05, true), ("replayed-statement", -0.05, true), ("audit-failed", -0.05, true),
            ("award-failed", -0.05, false), ("abandoned", -0.05, false),
        ];

        Assert.Equal(expected, ReputationEventKind.All.Select(kind => (kind.Name, kind.Delta, kind.IsStrike)));
        Assert.All(ReputationEventKind.All, kind => Assert.Same(kind, ReputationEventKind.Find(kind.Name)));
        Assert.Null(ReputationEventKind.Find("Agreed"));
    }

    [Fact]
    public void After_Events_AddUp()
    {
        var reputation = NodeReputation.Start(Start).After(ReputationEventKind.Agreed, Start).After(ReputationEventKind.Divergent, Start);

        Assert.Equal(0.46, reputation.Value, 12);
        Assert.Equal(Start, reputation.At);
    }

    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(7, 0.7)]
    [InlineData(14, 0.6)]
    [InlineData(28, 0.525)]
    public void DecayTo_Later_HalvesTheDistanceFromNeutralEachWeek(int days, double expected)
    {
        var above = new NodeReputation(0.9, Start).DecayTo(Start.AddDays(days));
        var below = new NodeReputation(0.1, Start).DecayTo(Start.AddDays(days));

        Assert.Equal(expected, above.Value, 12);
        Assert.Equal(1 - expected, below.Value, 12);
        Assert.Equal(Start.AddDays(days), above.At);
    }

    [Fact]
    public void After_LongSilence_CountsFromWhereItDecayedTo() =>
        Assert.Equal(0.71, new NodeReputation(0.9, Start).After(ReputationEventKind.Agreed, Start.AddDays(7)).Value, 12);

    [Fact]
    public void DecayTo_ClockSetBack_ChangesNothing()
    {
        var reputation = new NodeReputation(0.9, Start);

        Assert.Equal(reputation, reputation.DecayTo(Start.AddDays(-1)));
        Assert.Equal(Start, reputation.After(ReputationEventKind.Agreed, Start.AddDays(-1)).At);
    }

    [Fact]
    public void DecayTo_AnyTime_NeverCrossesNeutralAndNeverMovesAway() => Gen.Select(Gen.Double[0, 1], AnyWait).Sample((value, wait) =>
    {
        var decayed = new NodeReputation(value, Start).DecayTo(Start + wait).Value;

        Assert.True(value >= 0.5 ? decayed >= 0.5 && decayed <= value : decayed <= 0.5 && decayed >= value);
    });

    [Fact]
    public void DecayTo_InTwoSteps_IsAsInOne() => Gen.Select(Gen.Double[0, 1], AnyWait, AnyWait).Sample((value, first, second) =>
    {
        var reputation = new NodeReputation(value, Start);

        Assert.Equal(reputation.DecayTo(Start + first + second).Value, reputation.DecayTo(Start + first).DecayTo(Start + first + second).Value, 9);
    });

    [Fact]
    public void After_AnyHistory_StaysInRangeAndGoesWhereTheKindSays() =>
        Gen.Select(AnyKind, AnyWait).Array[0, 200].Sample(history =>
        {
            var (reputation, now) = (NodeReputation.Start(Start), Start);
            foreach (var (kind, wait) in history)
            {
                now += wait;
                var before = reputation.DecayTo(now).Value;
                reputation = reputation.After(kind, now);

                Assert.InRange(reputation.Value, 0, 1);
                Assert.Equal(now, reputation.At);
                Assert.True(kind.Delta > 0 ? reputation.Value >= before : reputation.Value <= before);
                Assert.True(Math.Abs(reputation.Value - before) <= Math.Abs(kind.Delta) + 1e-12);
            }
        });

    [Fact]
    public void DecayTo_StoredValueOutOfRange_IsBroughtBack()
    {
        Assert.Equal(1, new NodeReputation(7, Start).DecayTo(Start).Value);
        Assert.Equal(0, new NodeReputation(double.NaN, Start).DecayTo(Start).Value);
    }
}
