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
}
