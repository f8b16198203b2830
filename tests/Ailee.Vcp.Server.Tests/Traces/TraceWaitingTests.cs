using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Traces;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Traces;

/// <summary>Runs for leaves that wait for a guest thread, and those who wait for them.</summary>
public sealed class TraceWaitingTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ManualResetEventSlim _free = new();
    private RunningServer? _server;
    private ActingNode? _node;
    private TaskId _task;
    private StoredTrace? _trace;
    private Task[] _guests = [];

    private TraceRegeneration Regeneration => _server!.Get<TraceRegeneration>();

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = _time });
        _node = new ActingNode(_server);
        _task = await _server.Client.SubmitAsync(await _server.Client.UploadAsync(TraceGuests.HostCalls), "yields", 5000);
        var report = await _node.ReportAsync(await _node.LeaseAsync());
        Assert.Equal(new LeaseReceipt(true, null), await _node.Gateway.ReportAsync(report with { TraceLeaves = [report.TraceLeaves[0]] }, default));
        _trace = _server.Database.Read(transaction => TraceStore.Find(transaction, _task))!;
        var threads = _server.Get<GuestThreads>();
        _guests = [.. Enumerable.Range(0, 2).Select(_ => threads.RunAsync(() =>
        {
            _free.Wait();
            return true;
        }))];
    }

    [Fact]
    public async Task Find_ClientLeaves_EndsTheRunAndTheNextBeginsAnew()
    {
        using var leaves = new CancellationTokenSource();
        var left = FindAsync(leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        // It is not joined, though it is still under way.
        Assert.Equal(Problems.TraceBusy, (await FindAsync(default)).Problem!.Kind);
        _free.Set();

        await AssertMadeInTheEndAsync();
        Assert.Equal((1, 1), (await RegenerationsAsync("failed"), await RegenerationsAsync("same")));
    }

    [Fact]
    public async Task Find_OneOfTwoClientsLeaves_TheOtherGetsTheLeaf()
    {
        using var leaves = new CancellationTokenSource();
        var (left, stays) = (FindAsync(leaves.Token), FindAsync(default));
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _free.Set();

        Assert.Null((await stays).Problem);
        Assert.Equal((0, 1), (await RegenerationsAsync("failed"), await RegenerationsAsync("same")));
    }

    [Fact]
    public async Task Find_ToldToAskAgain_TheRunGoesOn()
    {
        var asked = FindAsync(default);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(Problems.TraceBusy, (await asked).Problem!.Kind);
        _time.Advance(TimeSpan.FromSeconds(5));
        _free.Set();

        Assert.Null((await FindAsync(default)).Problem);
        Assert.Equal((0, 1), (await RegenerationsAsync("failed"), await RegenerationsAsync("same")));
    }

    [Fact]
    public async Task Find_ToldToAskAgainAndDoesNot_EndsTheRun()
    {
        var asked = FindAsync(default);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(Problems.TraceBusy, (await asked).Problem!.Kind);
        _time.Advance(TimeSpan.FromSeconds(30));
        while (!Regeneration.IsEnding)
        {
            await Task.Yield();
        }

        _free.Set();

        await AssertMadeInTheEndAsync();
        Assert.Equal((1, 1), (await RegenerationsAsync("failed"), await RegenerationsAsync("same")));
    }

    [Fact]
    public async Task Find_AnotherTenantsRunIsUnderWay_RunsBesideIt()
    {
        var alices = FindAsync(default);
        // A run for a later leaf does not have this one.
        var same = Regeneration.FindAsync("local", _task, _trace!, 0, default);
        var bobs = Regeneration.FindAsync("bob", _task, _trace!, 0, default);

        Assert.Equal(Problems.TraceBusy, (await same).Problem!.Kind);
        Assert.False(bobs.IsCompleted);
        _free.Set();

        Assert.Null((await alices).Problem);
        Assert.Null((await bobs).Problem);
        Assert.Equal(2, await RegenerationsAsync("same"));
    }

    [Fact]
    public async Task Find_AsManyRunsAsAreHeld_FurtherTenantsAreBusy()
    {
        var runs = Enumerable.Range(0, TraceRuns.Most).Select(caller => Regeneration.FindAsync($"{caller}", _task, _trace!, TraceRuns.Most - 1 - caller, default)).ToList();

        Assert.Equal(Problems.TraceBusy, (await Regeneration.FindAsync("other", TaskId.Create(_time.GetUtcNow()), _trace!, 0, default)).Problem!.Kind);
        _free.Set();

        await Task.WhenAll(runs);
    }

    public async ValueTask DisposeAsync()
    {
        _free.Set();
        await Task.WhenAll(_guests);
        _node!.Dispose();
        await _server!.DisposeAsync();
        _free.Dispose();
    }

    private Task<(ReadOnlyMemory<byte> Leaf, Problem? Problem)> FindAsync(CancellationToken cancellationToken) => Regeneration.FindAsync("local", _task, _trace!, 1, cancellationToken);

    private async Task AssertMadeInTheEndAsync()
    {
        Problem? problem;
        while ((problem = (await FindAsync(default)).Problem)?.Kind == Problems.TraceBusy)
        {
            await Task.Yield();
        }

        Assert.Null(problem);
    }

    private async Task<int> RegenerationsAsync(string result)
    {
        var line = (await _server!.Http.GetStringAsync("metrics")).Split('\n').SingleOrDefault(line => line.StartsWith($"vcp_trace_regenerations_total{{result=\"{result}\"}}", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
