using System.Net;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Traces;

public sealed class TraceEndpointsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task List_Pages_GiveEveryEntryOnceInOrder()
    {
        var (id, _) = await RunAsync("yields", 5000);

        var entries = new List<TraceEntry>();
        string? next = null;
        do
        {
            var page = await fixture.Client.ListTraceAsync(id, 199, next, default);
            Assert.True(page.Items.Count == 199 || page.Next is null);
            entries.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(5002, entries.Count);
        Assert.Equal("yields", entries[0].Start!.Entrypoint);
        Assert.Equal(Enumerable.Range(0, 5000).Select(number => (long)number), entries.Skip(1).SkipLast(1).Select(entry => entry.Call!.Record));
        Assert.Equal([0, 1, 2, 3], entries.Select(entry => entry.Leaf).Distinct());
        Assert.Equal(("completed", 0L), (entries[^1].Finish!.Outcome, entries[^1].Finish!.ExitCode));
    }

    [Fact]
    public async Task List_Call_HasWhatTheGuestDid()
    {
        var (id, _) = await RunAsync("clocks", 1);

        var page = await fixture.Client.ListTraceAsync(id, null, null, default);

        Assert.Equal((3, null), (page.Items.Count, page.Next));
        var call = page.Items[1].Call!;
        Assert.Equal((0L, "clock_time_get", 0), (call.Record, call.Name, call.Errno));
        Assert.Equal(["1", "0", "0"], call.Arguments);
        Assert.NotNull(call.Moved);
    }

    [Fact]
    public async Task Leaf_Each_IsCommittedToByTheStatement()
    {
        var (id, proof) = await RunAsync("yields", 9000);
        var payload = (await fixture.Client.GetProofAsync(proof, default)).Payload!;

        Assert.Equal(5, payload.TraceLeaves);
        for (var index = 0; index < payload.TraceLeaves; index++)
        {
            var leaf = await fixture.Client.GetTraceLeafAsync(id, index, default);
            var bytes = await fixture.Client.GetTraceLeafBytesAsync(id, index, default);
            var path = new InclusionProof(leaf.Inclusion.Index, leaf.Inclusion.Size, [.. leaf.Inclusion.Path.Select(Digest.Parse)]);

            Assert.Equal(Convert.FromBase64String(leaf.Base64), bytes);
            Assert.Equal((index, payload.TraceLeaves, MerkleHash.Leaf(bytes).ToString()), (leaf.Inclusion.Index, leaf.Inclusion.Size, leaf.Hash));
            Assert.True(path.Verify(MerkleHash.Leaf(bytes), Digest.Parse(payload.TraceRoot)));
        }
    }

    [Fact]
    public async Task File_Whole_HasTheStatementsRoot()
    {
        var (id, proof) = await RunAsync("yields", 5000);

        var trace = TraceFile.TryRead(await fixture.Client.GetTraceFileAsync(id, default), out _)!;

        Assert.Equal((await fixture.Client.GetProofAsync(proof, default)).Payload!.TraceRoot, trace.Root().ToString());
        Assert.All(trace.Leaves, leaf => Assert.NotNull(leaf));
    }

    [Theory]
    [InlineData("trace/4", "trace-leaf-not-found")]
    [InlineData("trace/-1", "trace-leaf-not-found")]
    [InlineData("trace/x", "trace-leaf-not-found")]
    [InlineData("trace/99999999999", "trace-leaf-not-found")]
    [InlineData("trace?limit=0", "malformed-request")]
    [InlineData("trace?limit=201", "malformed-request")]
    [InlineData("trace?after=x", "malformed-request")]
    [InlineData("trace?after=1.-1", "malformed-request")]
    public async Task Get_Wrong_Refused(string path, string code)
    {
        var (id, _) = await RunAsync("yields", 4097);

        await fixture.Http.GetAsync($"api/v1/tasks/{id}/{path}", []).ProblemAsync(code);
    }

    [Theory]
    [InlineData("trace")]
    [InlineData("trace/0")]
    public async Task Get_NoSuchTask_404(string path)
    {
        await fixture.Http.GetAsync($"api/v1/tasks/{TaskId.Create(DateTimeOffset.UnixEpoch)}/{path}", []).ProblemAsync("task-not-found");
        await fixture.Http.GetAsync($"api/v1/tasks/x/{path}", []).ProblemAsync("task-not-found");
    }

    [Fact]
    public async Task Get_Undecided_409()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => server.Client.ListTraceAsync(id, null, null, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => server.Client.GetTraceLeafAsync(id, 0, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => server.Client.GetTraceFileAsync(id, default));
    }

    private async Task<(TaskId Task, Digest Proof)> RunAsync(string function, int calls)
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(TraceGuests.HostCalls), function, calls);
        return (TaskId.Parse(task.Id), Digest.Parse(task.Proofs[0].Id));
    }
}
