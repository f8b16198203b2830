using Ailee.Vcp.Server.Overload;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>How polls end.</summary>
public sealed class DispatcherPollTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_WaitIsOver_IsEmpty(bool known)
    {
        using var setup = new DispatchSetup();
        setup.Add(known ? [Make(1)] : []);
        var poll = setup.Dispatcher.PollAsync(NodeOf(1), 1, TimeSpan.FromSeconds(30), default);

        setup.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(known ? 1 : 0, setup.Dispatcher.Waiting.Nodes);
        Assert.False(poll.IsCompleted);
        setup.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await poll);
        Assert.Equal((0, 0, 0), setup.Dispatcher.Waiting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_SecondOfANode_EndsTheFirst(bool known)
    {
        using var setup = new DispatchSetup();
        setup.Add(known ? [Make(1)] : []);
        var first = setup.Poll(1);

        var second = setup.Poll(1);
        setup.Add(Make(1));
        setup.Demand(Ask(1));

        Assert.Empty(await first);
        Assert.Single(await second);
    }

    [Fact]
    public async Task Poll_Cancelled_WaitsNoMore()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        using var cancellation = new CancellationTokenSource();
        var poll = setup.Dispatcher.PollAsync(NodeOf(1), 1, Timeout.InfiniteTimeSpan, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        Assert.Equal((0, 0, 0), setup.Dispatcher.Waiting);
    }

    [Fact]
    public async Task Poll_CancelledAsItIsMatched_LosesNothing()
    {
        for (var i = 0; i < 500; i++)
        {
            using var setup = new DispatchSetup();
            setup.Add(Make(1), Make(2));
            using var cancellation = new CancellationTokenSource();
            var poll = setup.Dispatcher.PollAsync(NodeOf(1), 1, Timeout.InfiniteTimeSpan, cancellation.Token);
            using var start = new Barrier(2);

            await Task.WhenAll(
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    cancellation.Cancel();
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    setup.Demand(Ask(1));
                }));

            var got = await poll.ContinueWith(ended => ended.IsCompletedSuccessfully ? ended.Result.Count : 0, TaskScheduler.Default);
            Assert.Equal(1, got + (await setup.TakeAsync(2)).Count);
        }
    }

    [Fact]
    public async Task RemoveNode_ItWaits_ItsPollIsEmpty()
    {
        using var setup = new DispatchSetup();
        setup.Add(Make(1));
        var poll = setup.Poll(1);

        setup.Dispatcher.RemoveNode(NodeOf(1));

        Assert.Empty(await poll);
    }

    [Fact]
    public void Places_TakenBySubmitters_EachUpToItsShare()
    {
        using var setup = new DispatchSetup();

        Assert.Equal((50, PlaceAnswer.ShareFull), TakeAll(setup, "alice"));
        Assert.Equal((25, PlaceAnswer.ShareFull), TakeAll(setup, "bob"));
        Assert.Equal((13, PlaceAnswer.ShareFull), TakeAll(setup, "carol"));
        setup.Dispatcher.TakePlace("carol");
        Assert.Equal(89, setup.Dispatcher.Open);
        setup.Dispatcher.GivePlaceBack("alice");
        Assert.Equal(PlaceAnswer.ShareFull, setup.Dispatcher.TryTakePlace("alice"));
        Assert.Equal(PlaceAnswer.Taken, setup.Dispatcher.TryTakePlace("dave"));
    }

    [Fact]
    public void Places_WithoutKeys_OneSubmitterMayFillThem()
    {
        using var setup = new DispatchSetup();

        Assert.Equal((100, PlaceAnswer.Full), TakeAll(setup, "local"));
        Assert.True(setup.Dispatcher.IsFull);
    }

    [Fact]
    public void RetryAfter_NothingDecidedLately_IsTheLongest()
    {
        using var setup = new DispatchSetup();
        TakeAll(setup, "local");

        Assert.Equal(RetryTime.MostSeconds, setup.Dispatcher.RetryAfterSeconds("local", PlaceAnswer.Full));
    }

    [Fact]
    public void RetryAfter_QueueFull_IsTheTimeOfATenthOfIt()
    {
        using var setup = new DispatchSetup();
        TakeAll(setup, "local");
        Decide(setup, "local", 20);

        // 10 of 100, and 2 a second.
        Assert.Equal(5, setup.Dispatcher.RetryAfterSeconds("local", PlaceAnswer.Full));
    }

    [Fact]
    public void RetryAfter_OwnShareFull_IsOfTheOwnTasksAtTheOwnShareOfTheRate()
    {
        using var setup = new DispatchSetup();
        TakeAll(setup, "alice");
        setup.Dispatcher.TakePlace("bob");
        Decide(setup, "alice", 20);

        // 5 of 50, and 1 a second, because bob has his turns too.
        Assert.Equal(5, setup.Dispatcher.RetryAfterSeconds("alice", PlaceAnswer.ShareFull));
    }

    private static (int Taken, PlaceAnswer Then) TakeAll(DispatchSetup setup, string submitter)
    {
        var taken = 0;
        PlaceAnswer answer;
        while ((answer = setup.Dispatcher.TryTakePlace(submitter)) == PlaceAnswer.Taken)
        {
            taken++;
        }

        return (taken, answer);
    }

    // So many in ten seconds; each is followed by another.
    private static void Decide(DispatchSetup setup, string submitter, int count)
    {
        for (var i = 0; i < count; i++)
        {
            setup.Dispatcher.EndPlace(submitter);
            setup.Dispatcher.TakePlace(submitter);
            setup.Time.Advance(TimeSpan.FromSeconds(10) / count);
        }
    }
}
