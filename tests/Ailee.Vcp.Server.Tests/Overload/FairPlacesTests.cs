using Ailee.Vcp.Server.Overload;
using CsCheck;

namespace Ailee.Vcp.Server.Tests.Overload;

public sealed class FairPlacesTests
{
    private static readonly Gen<(int Capacity, int Most, (int Caller, bool Takes)[] Steps)> Runs =
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 50], Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[0, 300]);

    [Fact]
    public void TryTake_AnySteps_BoundsHoldAndNobodyNewIsKeptOut() => Runs.Sample(run =>
    {
        var places = new FairPlaces(run.Capacity, run.Most);
        var taken = new int[6];
        foreach (var (caller, takes) in run.Steps)
        {
            if (takes)
            {
                var free = run.Capacity - taken.Sum();
                var answer = places.TryTake($"{caller}");
                Assert.Equal(free == 0 ? PlaceAnswer.Full : taken[caller] < Math.Min(free, run.Most) ? PlaceAnswer.Taken : PlaceAnswer.ShareFull, answer);
                Assert.False(taken[caller] == 0 && answer == PlaceAnswer.ShareFull, "Whoever has none gets a place, if there is one.");
                taken[caller] += answer == PlaceAnswer.Taken ? 1 : 0;
            }
            else if (taken[caller] > 0)
            {
                places.GiveBack($"{caller}");
                taken[caller]--;
            }

            Assert.Equal((taken.Sum(), (taken[caller], taken.Count(count => count > 0))), (places.Taken, places.CountOf($"{caller}")));
        }
    });

    [Fact]
    public void TryTake_AllAlwaysWantMore_ComeToEqualShares()
    {
        const int Callers = 4;
        var (places, taken, random) = (new FairPlaces(1000, 1000), new int[Callers], new Random(7));
        for (var round = 0; round < 20_000; round++)
        {
            // Served in turns, as tasks are; whoever begins has a start of 200 rounds.
            for (var caller = 0; caller < (round < 200 ? 1 : Callers); caller++)
            {
                for (var i = random.Next(20); i > 0 && places.TryTake($"{caller}") == PlaceAnswer.Taken; i--)
                {
                    taken[caller]++;
                }

                if (taken[caller] > 0)
                {
                    places.GiveBack($"{caller}");
                    taken[caller]--;
                }
            }
        }

        // A fifth each, and one left over.
        Assert.All(taken, count => Assert.InRange(count, 180, 220));
    }

    [Fact]
    public void TryTake_Nobody_HasAllPlaces()
    {
        var places = new FairPlaces(3, 1);

        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(PlaceAnswer.Taken, places.TryTake(null)));
        Assert.Equal(PlaceAnswer.Full, places.TryTake(null));
        places.GiveBack(null);
        Assert.Equal(PlaceAnswer.Taken, places.TryTake(null));
    }
}
