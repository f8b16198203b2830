using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

public sealed class DispatcherExplanationTests
{
    [Fact]
    public async Task Ranking_ManyWait_ShowsTheBestFiveInOrder()
    {
        using var setup = new DispatchSetup();
        setup.Add(Enumerable.Range(0, 9).Select(node => Make(node) with { Health = 0.1 * (node + 1), Reputation = 1, Owner = OwnerOf(node / 2) }));
        var polls = Enumerable.Range(0, 9).Select(node => setup.Poll(node)).ToList();

        setup.Demand(Ask(1) with { ExcludedOwners = new HashSet<OwnerId> { OwnerOf(4) }, AvoidedNodes = new HashSet<NodeId> { NodeOf(6) } });
        var assignment = Assert.Single(await await Task.WhenAny(polls));
        var candidates = Explanations.Of(assignment);

        Assert.Equal(new[] { 7, 5, 4, 3, 2 }.Select(node => NodeOf(node).ToString()), candidates.Select(candidate => candidate.Node));
        Assert.All(candidates, candidate => Assert.Equal(candidate.Score, candidate.Factors.Aggregate(1.0, (product, factor) => product * factor.Normalized), 1e-9));
        Assert.Equal(0.8, candidates[0].Score, 1e-9);
        Assert.Equal("weighted", candidates[0].Strategy);
    }

    [Fact]
    public async Task Ranking_TaskWaited_SaysSo()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(1));

        var candidate = Assert.Single(Explanations.Of((await setup.TakeAsync(1))[0]));

        Assert.StartsWith("The task waited", candidate.Reason);
    }

    [Fact]
    public void Explain_NoNodeMayHaveIt_CountsWhatTheyLack()
    {
        using var setup = new DispatchSetup();
        setup.Add(
            Make(1) with { Accepts = false },
            Make(2) with { Architecture = "arm64" },
            Make(3) with { MemoryBytes = 1 },
            Make(4),
            Make(5),
            Make(6) with { Labels = new Dictionary<string, string> { ["zone"] = "north" } },
            Make(7) with { Labels = new Dictionary<string, string> { ["zone"] = "north" } });
        setup.Demand(Ask(1, count: 2) with
        {
            Selection = new Selection { Architecture = "x64", Labels = new Dictionary<string, string> { ["zone"] = "north" } },
            MemoryBytes = 100,
            ExcludedOwners = new HashSet<OwnerId> { OwnerOf(6) },
            AvoidedNodes = new HashSet<NodeId> { NodeOf(7) },
        });

        var waiting = setup.Dispatcher.Explain(TaskOf(1))!;

        Assert.Equal((2, null, 1), (waiting.Needed, waiting.NotBefore, waiting.Eligible));
        Assert.Equal(
            new Dictionary<string, int> { ["accepts"] = 1, ["architecture"] = 1, ["memory"] = 1, ["labels"] = 2, ["owner"] = 1 },
            waiting.Excluded);
    }

    [Fact]
    public async Task Explain_NothingNeeded_IsNull()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(1), Ask(2) with { NotBefore = Start.AddSeconds(3) });
        await setup.TakeAsync(1);

        Assert.Null(setup.Dispatcher.Explain(TaskOf(1)));
        Assert.Null(setup.Dispatcher.Explain(TaskOf(3)));
        Assert.Equal((Start.AddSeconds(3), 1), (setup.Dispatcher.Explain(TaskOf(2))!.NotBefore, setup.Dispatcher.Explain(TaskOf(2))!.Eligible));
    }
}
