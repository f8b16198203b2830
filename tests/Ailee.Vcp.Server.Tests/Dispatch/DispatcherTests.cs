using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>Who may have what.</summary>
public sealed class DispatcherTests
{
    [Fact]
    public async Task Poll_TasksWait_GetsUpToMostInOrder()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1) with { Slots = 4 });
        setup.Demand(Ask(1), Ask(2), Ask(3));

        var first = await setup.TakeAsync(1, 2);
        var second = await setup.TakeAsync(1, 2);

        Assert.Equal([TaskOf(1), TaskOf(2)], first.Select(assignment => assignment.Task));
        Assert.Equal([TaskOf(3)], second.Select(assignment => assignment.Task));
        Assert.Empty(await setup.TakeAsync(1));
    }

    [Fact]
    public async Task Demand_NodeWaits_GetsItAtOnce()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        var poll = setup.Poll(1, 3);

        setup.Demand(Ask(1) with { Purpose = "audit", Price = 7 });

        var assignment = Assert.Single(await poll);
        Assert.Equal((TaskOf(1), NodeOf(1), "audit", 7), (assignment.Task, assignment.Node, assignment.Purpose, assignment.Price));
    }

    [Fact]
    public async Task Demand_ForSeveral_GoesToAsManyOwners()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2) with { Owner = OwnerOf(1) }, Make(3), Make(4));
        var polls = Enumerable.Range(1, 3).Select(node => setup.Poll(node)).ToList();

        setup.Demand(Ask(1, count: 3));

        Assert.Equal((1, 0, 1), setup.Dispatcher.Waiting);
        Assert.Single(await polls[2]);
        Assert.Single(await await Task.WhenAny(polls[..2]));
        Assert.Empty(await setup.TakeAsync(1, 5));
        Assert.Empty(await setup.TakeAsync(2, 5));
        Assert.Single(await setup.TakeAsync(4, 5));
        Assert.Equal((0, 0, 0), setup.Dispatcher.Waiting);
    }

    [Theory]
    [InlineData("architecture")]
    [InlineData("label")]
    [InlineData("value")]
    [InlineData("memory")]
    [InlineData("owner")]
    [InlineData("only")]
    [InlineData("accepts")]
    public async Task Match_NodeLacksSomething_NeitherWayAround(string lack)
    {
        using var setup = new DispatchSetup();
        var labels = new Dictionary<string, string> { ["zone"] = "north", ["disk"] = "ssd" };
        var fit = Make(1) with { Labels = labels };
        var unfit = lack switch
        {
            "architecture" => fit with { Architecture = "arm64" },
            "label" => fit with { Labels = new Dictionary<string, string> { ["zone"] = "north" } },
            "value" => fit with { Labels = new Dictionary<string, string>(labels) { ["disk"] = "ssd2" } },
            "memory" => fit with { MemoryBytes = (1 << 20) - 1 },
            "owner" => fit with { Owner = OwnerOf(9) },
            "only" => fit,
            _ => fit with { Accepts = false },
        };
        unfit = unfit with { Id = NodeOf(2) };
        var demand = Ask(1) with
        {
            Selection = new Selection { Architecture = "x64", Labels = labels },
            MemoryBytes = 1 << 20,
            ExcludedOwners = new HashSet<OwnerId> { OwnerOf(9) },
            Only = lack == "only" ? NodeOf(1) : null,
        };
        setup.Add(fit, unfit);

        var before = setup.Poll(2);
        setup.Demand(demand);
        Assert.Empty(await setup.TakeAsync(2));
        Assert.Empty(await before);
        Assert.Single(await setup.TakeAsync(1));

        var waiting = setup.Poll(1);
        setup.Demand(demand with { Task = TaskOf(2) });
        Assert.Single(await waiting);
    }

    [Fact]
    public async Task SetNode_NodeThatWaitsFitsNow_GetsWhatWaits()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1) with { Accepts = false });
        setup.Demand(Ask(1) with { Selection = new Selection { Architecture = "arm64" } });
        var poll = setup.Poll(1);

        setup.Add(Make(1) with { Architecture = "arm64", Accepts = false });
        Assert.Equal(1, setup.Dispatcher.Waiting.Tasks);
        setup.Add(Make(1) with { Architecture = "arm64" });

        Assert.Single(await poll);
    }

    [Theory]
    [InlineData(SelectionStrategy.Weighted)]
    [InlineData(SelectionStrategy.LeastLoaded)]
    [InlineData(SelectionStrategy.RoundRobin)]
    [InlineData(SelectionStrategy.LatencyAware)]
    [InlineData(SelectionStrategy.LowestBid)]
    public async Task Demand_NoFreeSlot_GoesToAFreeOneAndAheadOnlyIfThereIsNone(SelectionStrategy strategy)
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1) with { Health = 1, Reputation = 1, LatencyMs = 0 }, Make(2) with { Health = 0.1, LatencyMs = 900 });
        setup.Dispatcher.SetOutstanding(NodeOf(1), 1);
        var (full, free) = (setup.Poll(1), setup.Poll(2));

        setup.Demand(Ask(1, strategy));
        Assert.Single(await free);
        Assert.False(full.IsCompleted);

        setup.Demand(Ask(2, strategy));
        Assert.Single(await full);
    }

    [Fact]
    public async Task Demand_AvoidsANode_AnotherThatFitsGetsItThoughItComesLater()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        var poll = setup.Poll(1);

        setup.Demand(Ask(1) with { AvoidedNodes = new HashSet<NodeId> { NodeOf(1) } });

        Assert.Empty(await setup.TakeAsync(1));
        Assert.Empty(await poll);
        Assert.Single(await setup.TakeAsync(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Demand_AvoidsTheOnlyNodeLeft_ItGetsIt(bool removed)
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        setup.Demand(Ask(1) with { AvoidedNodes = new HashSet<NodeId> { NodeOf(1) } }, Ask(2) with { AvoidedNodes = new HashSet<NodeId> { NodeOf(1) } });
        var poll = setup.Poll(1);

        if (removed)
        {
            setup.Dispatcher.RemoveNode(NodeOf(2));
        }
        else
        {
            setup.Add(Make(2) with { Accepts = false });
        }

        Assert.Equal([TaskOf(1)], (await poll).Select(assignment => assignment.Task));
        Assert.Equal([TaskOf(2)], await setup.DrainAsync(1));
    }

    [Fact]
    public async Task Return_DemandIsAsBefore()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(1), Ask(2));
        var taken = await setup.TakeAsync(1);

        setup.Dispatcher.Return(taken[0]);

        Assert.Equal([TaskOf(1), TaskOf(2)], await setup.DrainAsync(1));
    }

    [Fact]
    public async Task Return_DemandWasReplacedOrWithdrawn_AddsNothing()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(1), Ask(2));
        var taken = await setup.TakeAsync(1, 2);

        setup.Demand(Ask(1));
        setup.Dispatcher.Withdraw(TaskOf(2));
        setup.Dispatcher.Return(taken[0]);
        setup.Dispatcher.Return(taken[1]);

        Assert.Equal([TaskOf(1)], await setup.DrainAsync(1));
    }

    [Fact]
    public async Task Withdraw_WaitingTask_NobodyGetsIt()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(1), Ask(2), Ask(3) with { NotBefore = Start.AddSeconds(1) });

        setup.Dispatcher.Withdraw(TaskOf(1));
        setup.Demand(Ask(2, count: 0));
        setup.Dispatcher.Withdraw(TaskOf(3));
        setup.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((0, 0, 0), setup.Dispatcher.Waiting);
        Assert.Empty(await setup.TakeAsync(1));
    }

    [Fact]
    public async Task Demand_NotBefore_WaitsUntilThen()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        var (first, second) = (setup.Poll(1), setup.Poll(2));
        setup.Demand(Ask(1) with { NotBefore = Start.AddMilliseconds(2000.5) }, Ask(2) with { NotBefore = Start.AddSeconds(1) });

        setup.Time.Advance(TimeSpan.FromSeconds(1));
        var early = await await Task.WhenAny(first, second);
        setup.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 1, 1), setup.Dispatcher.Waiting);
        setup.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(TaskOf(2), early[0].Task);
        Assert.All(await Task.WhenAll(first, second), Assert.NotEmpty);
    }

    [Fact]
    public async Task Demand_NotBeforeOfAClockThatIsSetBack_WaitsNoLonger()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Time.Ahead = TimeSpan.FromHours(2);
        setup.Demand(Ask(1) with { NotBefore = setup.Time.GetUtcNow().AddSeconds(1) });
        setup.Time.Ahead = TimeSpan.Zero;

        Assert.Empty(await setup.TakeAsync(1));
        setup.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(await setup.TakeAsync(1));
    }
}
