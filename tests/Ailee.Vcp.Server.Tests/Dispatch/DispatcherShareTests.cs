using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;
using CsCheck;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>How work spreads over nodes.</summary>
public sealed class DispatcherShareTests
{
    private const int Tasks = 1000;

    private static readonly Gen<(SelectionStrategy Strategy, int Nodes, int Slots, int Busy, int Seed)> Runs =
        Gen.Select(Gen.Enum<SelectionStrategy>(), Gen.Int[1, 25], Gen.Int[1, 4], Gen.Int[0, 30], Gen.Int);

    [Fact]
    public Task Demand_EqualNodes_NoneGetsMuchMoreThanItsShare() => Runs.SampleAsync(
        async run =>
        {
            using var setup = new DispatchSetup();
            setup.Add(Enumerable.Range(0, run.Nodes).Select(node => Make(node) with { Slots = run.Slots }));

            var counts = await SpreadAsync(setup, run.Strategy, run.Nodes, run.Slots, Math.Min(run.Busy, (run.Nodes * run.Slots) - 1), run.Seed);

            Assert.True(counts.Max() <= Math.Ceiling(1.2 * Tasks / run.Nodes), $"{run}: {string.Join(' ', counts)}");
        },
        iter: 60);

    [Fact]
    public Task Demand_WeightedAndUnequalHealth_FollowsTheWeightsAndNobodyStarves() => Gen.Double[0.05, 1].Array[2, 10].SampleAsync(
        async healths =>
        {
            using var setup = new DispatchSetup();
            setup.Add(healths.Select((health, node) => Make(node) with { Health = health, Reputation = 1 }));

            var counts = await SpreadAsync(setup, SelectionStrategy.Weighted, healths.Length, 1, 0, 1);

            for (var node = 0; node < healths.Length; node++)
            {
                Assert.InRange(counts[node], (int)(Tasks * healths[node] / healths.Sum()) - 1, (int)(Tasks * healths[node] / healths.Sum()) + 2);
            }
        },
        iter: 40);

    [Fact]
    public async Task Poll_NodeThatWasAway_DoesNotCatchUp()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        for (var task = 0; task < 100; task++)
        {
            var poll = setup.Poll(1);
            setup.Demand(Ask(task));
            Assert.Single(await poll);
            setup.Dispatcher.Released(NodeOf(1));
        }

        var counts = await SpreadAsync(setup, SelectionStrategy.Weighted, 3, 1, 0, 1, first: 1);

        Assert.InRange(counts[1], 499, 501);
    }

    /// <summary>Nodes that all wait get tasks one by one; so many leases are always running, and random ones end.</summary>
    private static async Task<int[]> SpreadAsync(DispatchSetup setup, SelectionStrategy strategy, int nodes, int slots, int busy, int seed, int first = 0)
    {
        var random = new Random(seed);
        var counts = new int[nodes];
        var held = new int[nodes];
        var polls = new Task<IReadOnlyList<Assignment>>?[nodes];
        List<int> running = [];
        for (var task = 0; task < Tasks; task++)
        {
            for (var node = first; node < nodes; node++)
            {
                polls[node] ??= held[node] < slots ? setup.Poll(node) : null;
            }

            setup.Demand(Ask(task + 1000, strategy));
            var ended = await Task.WhenAny(polls.OfType<Task<IReadOnlyList<Assignment>>>());
            var chosen = Array.IndexOf(polls, ended);
            polls[chosen] = null;
            counts[chosen]++;
            held[chosen]++;
            running.Add(chosen);
            while (running.Count > busy)
            {
                // Equal nodes take about as long for a task.
                var over = random.Next(Math.Min(2, running.Count));
                held[running[over]]--;
                setup.Dispatcher.Released(NodeOf(running[over]));
                running.RemoveAt(over);
            }
        }

        return counts;
    }
}
