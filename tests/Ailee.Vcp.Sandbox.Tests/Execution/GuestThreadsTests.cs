using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class GuestThreadsTests(SandboxFixture fixture)
{
    private static readonly byte[] Empty = SandboxFixture.Wat("""(module (func (export "run")))""");

    [Fact]
    public async Task Execute_OffAGuestThread_Throws()
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, Empty);
        var request = SandboxFixture.Request(Empty, "run", SandboxFixture.Function());

        Assert.False(GuestThreads.IsCurrent);
        Assert.Throws<InvalidOperationException>(() => fixture.Sandbox.Execute(lease, request, CancellationToken.None));
    }

    [Fact]
    public async Task Execute_RequestForAnotherModule_Throws()
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, Empty);
        var request = SandboxFixture.Request([1, 2, 3], "run", SandboxFixture.Function());

        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.OnGuestThreadAsync(() => fixture.Sandbox.Execute(lease, request, CancellationToken.None)));
    }

    [Fact]
    public async Task Execute_DisposedLease_Throws()
    {
        var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, Empty);
        lease.Dispose();
        lease.Dispose();
        var request = SandboxFixture.Request(Empty, "run", SandboxFixture.Function());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.OnGuestThreadAsync(() => fixture.Sandbox.Execute(lease, request, CancellationToken.None)));
    }

    [Fact]
    public async Task RunAsync_Work_RunsOnAGuestThread()
    {
        using var threads = new GuestThreads(1);

        Assert.True(await threads.RunAsync(() => GuestThreads.IsCurrent));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_ExceptionArrivesAndTheThreadLives()
    {
        using var threads = new GuestThreads(1);

        var exception = await Assert.ThrowsAsync<FormatException>(() => threads.RunAsync<int>(() => throw new FormatException("mine")));

        Assert.Equal("mine", exception.Message);
        Assert.Equal(42, await threads.RunAsync(() => 42));
    }

    [Fact]
    public async Task RunAsync_TwoThreads_RunAtOnce()
    {
        using var threads = new GuestThreads(2);
        using var barrier = new Barrier(2);

        // Each waits for the other: on one thread neither would end.
        await Task.WhenAll(
            threads.RunAsync(() => barrier.SignalAndWait(TimeSpan.FromMinutes(1))),
            threads.RunAsync(() => barrier.SignalAndWait(TimeSpan.FromMinutes(1))));

        Assert.Equal(1, barrier.CurrentPhaseNumber);
    }

    [Fact]
    public async Task Dispose_WorkRunningAndQueued_WaitsForAll()
    {
        var threads = new GuestThreads(1);
        using var mayEnd = new ManualResetEventSlim();
        var running = threads.RunAsync(() => mayEnd.Wait(TimeSpan.FromMinutes(1)));
        var queued = threads.RunAsync(() => 42);
        var disposing = Task.Run(threads.Dispose);

        Assert.False(running.IsCompleted);
        mayEnd.Set();
        await disposing;

        Assert.True(await running);
        Assert.Equal(42, await queued);
    }

    [Fact]
    public async Task RunAsync_AfterDispose_Throws()
    {
        var threads = new GuestThreads(1);
        threads.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.RunAsync(() => 42));
    }
}
