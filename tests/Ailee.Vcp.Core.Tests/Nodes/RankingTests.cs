using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class RankingTests
{
    private const int RoundLength = 20;

    private static readonly Candidate Plain = new() { Node = Node(1), Health = 0.8, Reputation = 0.5, Slots = 4, Outstanding = 1, LatencyMs = 50, Price = 1000 };

    private static readonly Gen<Candidate> Any = Gen.Select(Gen.Byte, Gen.Double[-1, 2].Array[2], Gen.Int[-1, 8].Array[2], Gen.Double[-1, 1e4], Gen.Long[0, 50].Array[3]).Select(
        (node, unit, slots, latency, numbers) => new Candidate
        {
            Node = Node(node),
            Health = unit[0],
            Reputation = unit[1],
            Slots = slots[0],
            Outstanding = Math.Max(0, slots[1]),
            LatencyMs = latency < 0 ? null : latency,
            Price = numbers[0] == 0 ? null : numbers[0],
            Given = numbers[1],
            Turn = numbers[2],
        });

    public static TheoryData<SelectionStrategy> Strategies => [.. Enum.GetValues<SelectionStrategy>()];

    [Fact]
    public void Names_OfStrategies_AreStable()
    {
        Assert.Equal(["weighted", "least-loaded", "round-robin", "latency-aware", "lowest-bid"], Enum.GetValues<SelectionStrategy>().Select(strategy => strategy.ToName()));
        Assert.All(Enum.GetValues<SelectionStrategy>(), strategy => Assert.Equal(strategy, SelectionStrategyNames.Find(strategy.ToName())));
        Assert.Null(SelectionStrategyNames.Find("Weighted"));
    }

    [Fact]
    public void Weighted_Candidate_IsTheProductOfItsFactors()
    {
        var ranked = Ranking.Explain(SelectionStrategy.Weighted, Plain with { Given = 3 });

        Assert.Equal(["health", "reputation", "free-slots", "fair-share"], ranked.Factors.Select(factor => factor.Name));
        Assert.Equal([0.8, 0.5, 0.75, 0.25], ranked.Factors.Select(factor => factor.Normalized));
        Assert.Equal([0.8, 0.5, 3, 3], ranked.Factors.Select(factor => factor.Value));
        Assert.Equal(0.8 * 0.5 * 0.75 * 0.25, ranked.Score, 12);
    }

    [Fact]
    public void KeyOf_EachStrategy_PutsTheBetterFirst()
    {
        Better(SelectionStrategy.Weighted, Plain with { Health = 0.9 }, Plain);
        Better(SelectionStrategy.Weighted, Plain with { Reputation = 0.6 }, Plain);
        Better(SelectionStrategy.Weighted, Plain with { Outstanding = 0 }, Plain);
        Better(SelectionStrategy.Weighted, Plain, Plain with { Given = 1 });
        Better(SelectionStrategy.LeastLoaded, Plain with { Slots = 5 }, Plain);
        Better(SelectionStrategy.LeastLoaded, Plain with { Outstanding = 40 }, Plain with { Outstanding = 41 }); // ahead of their slots
        Better(SelectionStrategy.RoundRobin, Plain with { Health = 0, Turn = 6 }, Plain with { Turn = 7 });
        Better(SelectionStrategy.LatencyAware, Plain with { LatencyMs = 150 }, Plain with { LatencyMs = 151 });
        Better(SelectionStrategy.LatencyAware, Plain with { LatencyMs = null }, Plain with { LatencyMs = 51 });
        Better(SelectionStrategy.LowestBid, Plain with { Price = RewardMath.MostPrice - 1 }, Plain with { Price = RewardMath.MostPrice });
        Better(SelectionStrategy.LowestBid, Plain with { Price = 0 }, Plain with { Price = 1 });
        Better(SelectionStrategy.LowestBid, Plain with { Price = RewardMath.MostPrice }, Plain with { Price = null });
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void KeyOf_EqualCandidates_TheOneThatWaitedLongestThenTheLowerId(SelectionStrategy strategy)
    {
        Better(strategy, Plain with { Node = Node(9), Turn = 4 }, Plain with { Turn = 5 });
        Better(strategy, Plain, Plain with { Node = Node(2) });
        Assert.Equal(0, Ranking.KeyOf(strategy, Plain).CompareTo(Ranking.KeyOf(strategy, Plain)));
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Explain_Anything_HasTheScoreOfTheKeyInRangeAndAReason(SelectionStrategy strategy) => Any.Sample(candidate =>
    {
        var ranked = Ranking.Explain(strategy, candidate);

        Assert.Equal(Ranking.KeyOf(strategy, candidate).Score, ranked.Score);
        Assert.InRange(ranked.Score, 0, 1);
        Assert.Equal(ranked.Factors.Aggregate(1.0, (product, factor) => product * factor.Normalized), ranked.Score, 12);
        Assert.All([ranked.Reason, .. ranked.Factors.Select(factor => factor.Reason)], reason => Assert.EndsWith(".", reason, StringComparison.Ordinal));
        Assert.Equal(candidate.Node, ranked.Node);
    });

    [Theory]
    [MemberData(nameof(Strategies))]
    public void CompareTo_AnyThree_IsATotalOrder(SelectionStrategy strategy) => Any.Array[3].Sample(candidates =>
    {
        var keys = candidates.Select(candidate => Ranking.KeyOf(strategy, candidate)).Order().ToArray();

        Assert.True(keys[0] <= keys[1] && keys[1] <= keys[2] && keys[0] <= keys[2]);
        Assert.Equal(Math.Sign(keys[0].CompareTo(keys[1])), -Math.Sign(keys[1].CompareTo(keys[0])));
        Assert.Equal(keys[0] == keys[1], keys[0].CompareTo(keys[1]) == 0);
    });

    // One task at a time, each agreed: whoever is ahead by one good result must not get all the others.
    [Fact]
    public void Weighted_ThousandTasksOneAfterAnother_NoEqualNodeGetsAFifthMoreThanItsShare()
    {
        var candidates = Enumerable.Range(1, 5).Select(index => Plain with { Node = Node((byte)index), Outstanding = 0 }).ToArray();
        var totals = new int[5];
        for (var task = 1; task <= 1000; task++)
        {
            var chosen = Enumerable.Range(0, 5).MinBy(index => Ranking.KeyOf(SelectionStrategy.Weighted, candidates[index]));
            var candidate = candidates[chosen];
            candidates[chosen] = candidate with { Given = candidate.Given + 1, Turn = task, Reputation = Math.Min(1, candidate.Reputation + 0.01) };
            totals[chosen]++;
            candidates = task % (5 * RoundLength) == 0 ? [.. candidates.Select(each => each with { Given = 0 })] : candidates;
        }

        Assert.All(totals, total => Assert.InRange(total, 160, 240));
    }

    [Fact]
    public void Weighted_TwiceTheWeight_GetsTwiceTheTasks()
    {
        var candidates = new[] { Plain with { Reputation = 0.4 }, Plain with { Node = Node(2), Reputation = 0.8 } };
        for (var task = 1; task <= 30; task++)
        {
            var chosen = Enumerable.Range(0, 2).MinBy(index => Ranking.KeyOf(SelectionStrategy.Weighted, candidates[index]));
            candidates[chosen] = candidates[chosen] with { Given = candidates[chosen].Given + 1, Turn = task };
        }

        Assert.Equal([10, 20], candidates.Select(candidate => candidate.Given));
    }

    private static void Better(SelectionStrategy strategy, Candidate first, Candidate second) =>
        Assert.True(Ranking.KeyOf(strategy, first) < Ranking.KeyOf(strategy, second), $"{strategy.ToName()}: {first} before {second}");

    private static NodeId Node(byte first) => new(new Digest([first, .. new byte[31]]));
}
