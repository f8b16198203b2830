using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Server.Tests.Traces;

/// <summary>Leaves that the node did not send along. A node may leave out any but the first ones; only the hashes must be there.</summary>
public sealed class TraceRegenerationTests : IAsyncLifetime
{
    private RunningServer? _server;
    private ActingNode? _node;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        _node = new ActingNode(_server);
    }

    [Fact]
    public async Task Leaf_NotKept_IsMadeAgain()
    {
        var (id, report) = await DecideAsync(kept: 1);

        for (var index = 4; index >= 0; index--)
        {
            Assert.Equal(report.TraceLeaves[index].ToArray(), await Server.Client.GetTraceLeafBytesAsync(id, index, default));
        }

        Assert.Equal(report.TraceLeaves.Count - 1, await RegenerationsAsync("same"));
    }

    [Fact]
    public async Task List_PagingOverWhatIsNotKept_RunsOnce()
    {
        var (id, _) = await DecideAsync(kept: 1);

        var count = 0;
        string? next = null;
        do
        {
            var page = await Server.Client.ListTraceAsync(id, 200, next, default);
            count += page.Items.Count;
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(9002, count);
        Assert.Equal(1, await RegenerationsAsync("same"));
    }

    [Fact]
    public async Task File_NotKept_HasHashesInstead()
    {
        var (id, report) = await DecideAsync(kept: 2);

        var trace = TraceFile.TryRead(await Server.Client.GetTraceFileAsync(id, default), ContentHash.Sha256, out _)!;

        Assert.Equal(report.TraceLeaves.Select(leaf => MerkleHash.Leaf(leaf.Span)), trace.LeafHashes);
        Assert.Equal([false, false, true, true, true], trace.Leaves.Select(leaf => leaf is null));
        Assert.Equal(0, await RegenerationsAsync("same"));
    }

    [Theory]
    [InlineData(0, 7000)]
    [InlineData(3, 7000)]
    [InlineData(3, 1)]
    [InlineData(3, 0)]
    public async Task File_OfManyParts_IsReadInParts(int kept, int gaps)
    {
        var (id, _) = await DecideAsync(kept: 1);
        var random = new Random(kept + gaps);
        var leaves = Enumerable.Range(0, kept).Select(number => (ReadOnlyMemory<byte>)Bytes(random, 5_000_000 + number)).ToList();
        var hashes = Bytes(random, (kept + gaps) * Digest.SizeBytes);
        var trace = DecidedTrace.Of(hashes, leaves);
        await Server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM task_traces"));
        await Server.Database.WriteAsync(transaction =>
        {
            TraceStore.Add(transaction, id, trace);
            return 0;
        });
        using var whole = new MemoryStream();
        TraceFile.Write(whole, KeptTrace.Of(ContentHash.Sha256, [.. hashes.Chunk(Digest.SizeBytes).Select(hash => new Digest(hash))], leaves));

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = Server.Get<TraceService>().File(id).File!;
        file.ReadExactly(new byte[100]);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(whole.ToArray(), await Server.Client.GetTraceFileAsync(id, default));
        Assert.Equal(whole.Length, file.Length);
        // Its hashes, and a part.
        Assert.InRange(allocated, 0, 2_000_000);
    }

    [Fact]
    public async Task Leaf_ModuleDeleted_KeptLeavesOnly()
    {
        var (id, _) = await DecideAsync(kept: 1);
        await Server.Client.DeleteModuleAsync(Digest.Parse((await Server.Client.GetTaskAsync(id, null, default)).Module), default);

        var exception = await Calls.RefusedAsync(HttpStatusCode.Conflict, "trace-unavailable", () => Server.Client.GetTraceLeafAsync(id, 1, default));

        Assert.Contains("deleted", exception.Message, StringComparison.Ordinal);
        Assert.Equal("yields", Assert.Single((await Server.Client.GetTraceLeafAsync(id, 0, default)).Entries).Start!.Entrypoint);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "trace-unavailable", () => Server.Client.ListTraceAsync(id, null, null, default));
    }

    [Fact]
    public async Task Leaf_AnotherTraceWhenRunAgain_IsNotShown()
    {
        var (id, _) = await DecideAsync(kept: 1);
        await Server.Database.WriteAsync(transaction => transaction.Execute(
            "UPDATE task_traces SET hashes = CAST(substr(hashes, 1, 32) || zeroblob(32) || substr(hashes, 65) AS BLOB)"));

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "trace-unavailable", () => Server.Client.GetTraceLeafAsync(id, 3, default));

        Assert.Equal(1, await RegenerationsAsync("failed"));
    }

    [Fact]
    public async Task Leaf_TwoTasksInTurn_RunEachOnce()
    {
        var ((first, made), (second, _)) = (await DecideAsync(kept: 1), await DecideAsync(kept: 1));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(made.TraceLeaves[2].ToArray(), await Server.Client.GetTraceLeafBytesAsync(first, 2, default));
            await Server.Client.GetTraceLeafBytesAsync(second, 2, default);
        }

        Assert.Equal(2, await RegenerationsAsync("same"));
    }

    [Fact]
    public async Task Leaf_MoreTasksThanAreHeld_TheLeastRecentlyUsedIsMadeAgain()
    {
        var tasks = new List<TaskId>();
        for (var i = 0; i <= TraceRuns.Most; i++)
        {
            tasks.Add((await DecideAsync(kept: 1)).Task);
        }

        foreach (var task in tasks.Take(TraceRuns.Most).Append(tasks[0]).Append(tasks[^1]))
        {
            await Server.Client.GetTraceLeafBytesAsync(task, 1, default);
        }

        Assert.Equal(TraceRuns.Most + 1, await RegenerationsAsync("same"));
        await Server.Client.GetTraceLeafBytesAsync(tasks[0], 1, default);
        Assert.Equal(TraceRuns.Most + 1, await RegenerationsAsync("same"));
        await Server.Client.GetTraceLeafBytesAsync(tasks[1], 1, default);
        Assert.Equal(TraceRuns.Most + 2, await RegenerationsAsync("same"));
    }

    [Fact]
    public async Task Leaf_BundleDeletedWhileItIsRead_Unavailable()
    {
        var bundle = Trees.Of(("f", "text"));
        await Server.Client.UploadBundleAsync(bundle.Tar(), default);
        var (id, _) = await DecideAsync(kept: 1, bundle.Digest);
        await Server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM bundle_chunks"));

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "trace-unavailable", () => Server.Client.GetTraceLeafAsync(id, 1, default));
    }

    [Fact]
    public async Task Leaf_ModuleThatCannotBePrepared_Unavailable()
    {
        var (id, _) = await DecideAsync(kept: 1);
        Server.Sandbox.Forget(Digest.Parse((await Server.Client.GetTaskAsync(id, null, default)).Module));
        await Server.Database.WriteAsync(transaction => transaction.Execute("UPDATE module_contents SET content = zeroblob(8)"));

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "trace-unavailable", () => Server.Client.GetTraceLeafAsync(id, 1, default));
    }

    [Fact]
    public async Task Get_DecidedBeforeTracesWereKept_Gone()
    {
        var (id, _) = await DecideAsync(kept: 1);
        await Server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM task_traces"));

        await Calls.RefusedAsync(HttpStatusCode.Gone, "trace-expired", () => Server.Client.ListTraceAsync(id, null, null, default));
    }

    public async ValueTask DisposeAsync()
    {
        _node!.Dispose();
        await _server!.DisposeAsync();
    }

    /// <summary>Decides a task of 9000 calls with only some leaves sent along; returns the report with all of them.</summary>
    private async Task<(TaskId Task, LeaseReport Report)> DecideAsync(int kept, Digest? bundle = null)
    {
        var request = Calls.Function(await Server.Client.UploadAsync(TraceGuests.HostCalls), "yields", 9000) with { Bundle = bundle?.ToString() };
        var id = TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);
        var report = await _node!.ReportAsync(await _node.LeaseAsync());
        Assert.Equal(new LeaseReceipt(true, null), await _node.Gateway.ReportAsync(report with { TraceLeaves = [.. report.TraceLeaves.Take(kept)] }, default));
        return (id, report);
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task<int> RegenerationsAsync(string result)
    {
        var line = (await Server.Http.GetStringAsync("metrics")).Split('\n').SingleOrDefault(line => line.StartsWith($"vcp_trace_regenerations_total{{result=\"{result}\"}}", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
