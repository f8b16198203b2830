namespace Ailee.Vcp.Node.Tests;

/// <summary>How an agent ends.</summary>
public sealed class NodeAgentEndTests : NodeAgentTest
{
    [Fact]
    public async Task Stop_WhileAGuestRuns_WaitsForItAndGivesBackWhatIsUnfinished()
    {
        Start();
        var loops = Enumerable.Range(0, 3).Select(_ => Gateway.Offer(FakeGateway.Loop)).ToArray();
        var fetched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Gateway.OnTheWay = _ =>
        {
            fetched.TrySetResult();
            return Task.CompletedTask;
        };
        Gateway.Send(loops);
        await fetched.Task;

        await Stopping.CancelAsync();
        await Agent;

        Assert.False(Gateway.HasReport);
        Assert.Equal(loops.Select(loop => loop.Lease).Order(), Gateway.GivenBack.Order());
        // The guest's thread is free: it ended with the agent, not minutes later.
        Assert.Equal(7, await Threads.RunAsync(() => 7));
    }

    [Fact]
    public async Task Drain_WhileAGuestRuns_ItIsReportedAndWhatWaitsIsGivenBack()
    {
        using var drain = new CancellationTokenSource();
        using var release = new SemaphoreSlim(0);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(
            energy: () =>
            {
                running.TrySetResult();
                release.Wait();
                return () => null;
            },
            draining: drain.Token);
        var leases = Enumerable.Range(0, 3).Select(number => Gateway.Offer(FakeGateway.Add, number, 1)).ToArray();
        Gateway.Send(leases);
        await running.Task;

        await drain.CancelAsync();
        release.Release();
        await Agent;

        var done = await Gateway.ReportedAsync();
        Assert.NotNull(done.Statement);
        Assert.False(Gateway.HasReport);
        Assert.Equal(leases.Select(lease => lease.Lease).Except([done.Lease]).Order(), Gateway.GivenBack.Order());
    }

    [Fact]
    public async Task Stop_WhileTheGatewayIsAway_Ends()
    {
        (Gateway.LeaseFailures, Gateway.RevocationFailures) = (int.MaxValue, int.MaxValue);
        Start();

        await Stopping.CancelAsync();

        await Agent;
    }
}
