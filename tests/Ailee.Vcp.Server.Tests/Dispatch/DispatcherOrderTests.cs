using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using CsCheck;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>Which of the waiting tasks is next.</summary>
public sealed class DispatcherOrderTests
{
    private static readonly Gen<(int Submitter, int Priority)[]> Requests = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9]).Array[0, 200];

    [Fact]
    public void Order_OneSubmitterAndPriority_IsFirstInFirstOut() => Gen.Select(Requests, Gen.Int[0, 3]).Sample(
        (requests, every) =>
        {
            var (order, _) = Run(requests, every);

            foreach (var flow in order.GroupBy(number => requests[number]))
            {
                Assert.Equal(flow.Order(), flow);
            }
        },
        iter: 200);

    [Fact]
    public void Order_AllAtOnce_HigherPriorityOfASubmitterComesFirst() => Requests.Sample(
        requests =>
        {
            var (order, _) = Run(requests, 0);

            // None waits long enough to age a whole step more than another.
            var byPlace = order.Select((number, place) => (Request: requests[number], place)).ToList();
            foreach (var submitter in byPlace.GroupBy(item => item.Request.Submitter).Where(tasks => tasks.Count() < Submitter.PriorityStep))
            {
                Assert.Equal(submitter.OrderByDescending(item => item.Request.Priority).ThenBy(item => item.place), submitter);
            }
        },
        iter: 200);

    [Fact]
    public async Task Order_OneHasTenThousand_AnothersFirstIsNext()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Enumerable.Range(0, 10_000).Select(task => Ask(task)));
        for (var i = 0; i < 1234; i++)
        {
            await setup.TakeAsync(1);
        }

        setup.Demand(Ask(20_000, "bob"), Ask(20_001, "bob"), Ask(20_002, "carol"));
        var next = await setup.TakeAsync(1, 8);

        Assert.Equal(
            [TaskOf(20_000), TaskOf(20_002), TaskOf(1234), TaskOf(20_001), TaskOf(1235), TaskOf(1236), TaskOf(1237), TaskOf(1238)],
            next.Select(assignment => assignment.Task));
    }

    [Fact]
    public async Task Order_UrgentTaskOfASubmitterWithMany_ComesBeforeItsOwn()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Enumerable.Range(0, 10_000).Select(task => Ask(task)));

        setup.Demand(Ask(20_000, priority: 9));

        Assert.Equal(TaskOf(20_000), (await setup.TakeAsync(1))[0].Task);
    }

    [Fact]
    public void Order_AnyPriorities_SubmittersTakeTurns() => Requests.Sample(
        requests =>
        {
            var (order, _) = Run(requests, 0);

            // Whoever still has tasks has had as many as any other, or one fewer.
            var left = requests.GroupBy(request => request.Submitter).ToDictionary(tasks => tasks.Key, tasks => tasks.Count());
            var had = left.Keys.ToDictionary(submitter => submitter, _ => 0);
            foreach (var number in order)
            {
                var submitter = requests[number].Submitter;
                had[submitter]++;
                left[submitter]--;
                Assert.All(had.Where(other => left[other.Key] > 0), other => Assert.True(other.Value >= had.Values.Max() - 1));
            }
        },
        iter: 200);

    [Fact]
    public async Task Order_AnotherHasManyOfTheHighestPriority_IsNextAllTheSame()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2) with { Architecture = "arm64" });
        setup.Demand(Enumerable.Range(0, 1000).Select(task => Ask(task, "alice", priority: 9)));
        setup.Demand(Ask(2000, "bob", priority: 0), Ask(2001, "bob", priority: 0) with { Selection = new Selection { Architecture = "x64" } }, Ask(2002, "bob", priority: 1));

        var next = await setup.TakeAsync(1, 6);

        // Its tasks of both lanes in one order, and one for each of the other's.
        Assert.Equal([TaskOf(0), TaskOf(2002), TaskOf(1), TaskOf(2000), TaskOf(2), TaskOf(2001)], next.Select(assignment => assignment.Task));
    }

    [Fact]
    public async Task Order_NothingSuitedASubmitter_ItsTurnsDoNotPileUp()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Enumerable.Range(0, 100).Select(task => Ask(task, "bob") with { MemoryBytes = 1L << 40 }));
        setup.Demand(Enumerable.Range(100, 100).Select(task => Ask(task)));
        for (var i = 0; i < 50; i++)
        {
            await setup.TakeAsync(1);
        }

        setup.Add(Make(1) with { MemoryBytes = 1L << 40 });

        var next = await setup.TakeAsync(1, 20);
        Assert.InRange(next.Count(assignment => Array.IndexOf([.. Enumerable.Range(0, 100).Select(TaskOf)], assignment.Task) >= 0), 10, 11);
    }

    [Fact]
    public async Task Return_GrantFailed_TheSubmitterKeepsItsTurn()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        setup.Demand(Ask(1, "alice"), Ask(2, "bob"), Ask(3, "alice"));
        var failed = (await setup.TakeAsync(1))[0];

        setup.Dispatcher.Return(failed);

        Assert.Equal([TaskOf(1), TaskOf(2), TaskOf(3)], await setup.DrainAsync(2));
    }

    [Fact]
    public async Task Order_LowPriorityUnderAnEndlessFlowOfHigh_IsServedInBoundedTime()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        setup.Demand(Ask(0, "alice", priority: 0));
        var served = 0;
        for (var task = 1; served == 0 || !await Served(); task++)
        {
            // Two for each that is served: the backlog grows without end.
            setup.Demand(Ask(2 * task, "alice", priority: 9), Ask((2 * task) + 1, "alice", priority: 9));
            served++;
            Assert.True(served <= (9 * Submitter.PriorityStep) + 2);
        }

        async Task<bool> Served() => (await setup.TakeAsync(1))[0].Task == TaskOf(0);
    }

    [Fact]
    public void Order_EndlessFlows_NoTaskStarves() => Gen.Select(Requests, Gen.Int[1, 3]).Sample(
        (requests, every) =>
        {
            var (order, waits) = Run(requests, every);

            Assert.Equal(requests.Length, order.Count);
            Assert.All(waits, wait => Assert.InRange(wait, 0, requests.Length));
        },
        iter: 100);

    [Fact]
    public async Task Demand_Replaced_KeepsItsTurn()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1), Make(2));
        setup.Demand(Ask(1), Ask(2), Ask(3));
        await setup.TakeAsync(1);

        setup.Demand(Ask(2) with { MemoryBytes = 1 }, Ask(1));

        Assert.Equal([TaskOf(1), TaskOf(2), TaskOf(3)], await setup.DrainAsync(2));
    }

    /// <summary>Demands all, with one task served after every so many (0: after all of them), and serves the rest.</summary>
    private static (List<int> Order, List<int> Waits) Run((int Submitter, int Priority)[] requests, int every)
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        List<int> order = [];
        List<int> waits = [];
        void Serve()
        {
            foreach (var assignment in setup.TakeAsync(1).GetAwaiter().GetResult())
            {
                order.Add(Number(assignment.Task));
                waits.Add(order.Count - 1);
            }
        }

        for (var number = 0; number < requests.Length; number++)
        {
            setup.Demand(Ask(number, $"s{requests[number].Submitter}", requests[number].Priority));
            if (every > 0 && number % every == 0)
            {
                Serve();
            }
        }

        for (var rest = order.Count; rest < requests.Length; rest++)
        {
            Serve();
        }

        return (order, waits);
    }

    private static int Number(TaskId task) => BitConverter.ToInt32(task.Value.ToByteArray());
}
