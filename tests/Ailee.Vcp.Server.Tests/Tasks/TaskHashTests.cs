using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Tests.Traces;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Tasks whose statements are under SHA3-256.</summary>
public sealed class TaskHashTests : IDisposable
{
    private static readonly Bundle App = Trees.Of(("app/in.txt", "hello"));

    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Run_Sha3WithBundleOutputsAndTrace_ProofVerifiesWithEverything()
    {
        await using var server = await StartAsync("sha3-256");

        var task = await server.Client.RunAsync(await RequestAsync(server.Client));

        var (id, module) = (TaskId.Parse(task.Id), Digest.Parse(task.Module));
        Assert.Equal((TaskStates.Completed, "sha3-256", App.Digest.ToString(), 2L), (task.State, task.Hash, task.Bundle, task.Result!.FileCount));
        Assert.Equal(Digest.Of("hello"u8).ToString(), task.Result.Files[0].Digest);
        var trace = TraceFile.TryRead(await server.Client.GetTraceFileAsync(id, default), ContentHash.Sha3, out _)!;
        var evidence = new Evidence
        {
            Module = await server.Client.GetModuleContentAsync(module, default),
            Invocation = await server.Client.GetInvocationAsync(id, default),
            Stdin = Array.Empty<byte>(),
            BundleManifest = App.ManifestUnder(ContentHash.Sha3),
            Output = await server.Client.GetOutputRecordAsync(id, default),
            Stdout = await server.Client.GetStdoutAsync(id, default),
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["out/again.txt"] = "hello"u8.ToArray(), ["out/copy.txt"] = "hello"u8.ToArray() },
            TraceHashes = trace.LeafHashes,
            TraceLeaves = [.. trace.Leaves.Select(leaf => leaf!.Value)],
        };
        var report = StatementVerifier.Verify(await server.Client.GetBareStatementAsync(Digest.Parse(task.Proofs[0].Id)), evidence);
        Assert.Null(report.FirstFailure);
        Assert.Equal("trace", report.Checks[^1].Name);
        var payload = report.Statement!.Payload;
        Assert.Equal((ContentHash.Sha3, EngineProfile.DigestOf(ContentHash.Sha3)), (payload.Hash, payload.Profile));
        Assert.Equal(ContentHash.Sha3.Text(payload.ExecutionHash), task.Proofs[0].ExecutionHash);
    }

    [Fact]
    public async Task Views_Sha3_SayTheHashAndItsPrefix()
    {
        await using var server = await StartAsync("sha3-256");
        var task = await server.Client.RunAsync(await RequestAsync(server.Client));

        var proof = Assert.Single((await server.Client.ListProofsAsync(task.Id, task.Module, null, null, null, default)).Items);
        var leaf = await server.Client.GetTraceLeafAsync(TaskId.Parse(task.Id), 1, default);
        var node = Assert.Single((await server.Client.ListNodesAsync(default)).Items);

        var payload = proof.Payload!;
        Assert.Equal("sha3-256", payload.Hash);
        Assert.All(
            [payload.Profile, payload.Module, payload.Input, payload.Output, payload.TraceRoot, payload.ExecutionHash, leaf.Hash, leaf.Root, .. leaf.Inclusion.Path, node.Profile],
            text => Assert.True(ContentHash.Sha3.TryParse(text, out _), text));
        Assert.All([proof.Id, task.Module, task.Bundle!, task.Result!.Output.Digest], text => Assert.True(Digest.TryParse(text, out _), text));
        Assert.Equal((payload.Profile, payload.TraceRoot), (node.Profile, leaf.Root));
        Assert.Contains(leaf.Entries, entry => entry.Call?.Moved?.StartsWith("sha3-256:", StringComparison.Ordinal) == true);
        var inclusion = new InclusionProof(leaf.Inclusion.Index, leaf.Inclusion.Size, [.. leaf.Inclusion.Path.Select(ContentHash.Sha3.Parse)]);
        Assert.True(inclusion.Verify(ContentHash.Sha3.Leaf(Convert.FromBase64String(leaf.Base64)), ContentHash.Sha3.Parse(payload.TraceRoot), ContentHash.Sha3));
    }

    [Theory]
    [InlineData("sha-256", "sha3-256")]
    [InlineData("sha3-256", "sha-256")]
    public async Task Restart_WithTheOtherHash_QueuedTasksKeepTheirs(string first, string second)
    {
        TaskId queued;
        await using (var server = await StartAsync(first, works: false))
        {
            queued = TaskId.Parse((await server.Client.SubmitTaskAsync(await RequestAsync(server.Client), null, null, default)).Id);
        }

        await using (var server = await StartAsync(second))
        {
            var old = await server.Client.GetTaskAsync(queued, Calls.LongWait, default);
            var fresh = await server.Client.RunAsync(await RequestAsync(server.Client));

            Assert.Equal((TaskStates.Completed, first), (old.State, old.Hash));
            Assert.Equal((TaskStates.Completed, second), (fresh.State, fresh.Hash));
            Assert.Equal([first, second], [await HashOfProofAsync(server, old), await HashOfProofAsync(server, fresh)]);
            Assert.Equal(2, (await server.Client.ListProofsAsync(null, old.Module, null, null, null, default)).Items.Count);
            // The trace of either can be read and made again, whatever is configured.
            Assert.NotEmpty((await server.Client.GetTraceLeafAsync(queued, 1, default)).Entries);
        }
    }

    [Fact]
    public async Task Submit_Sha3_KeepsTheDigestsForTheNext()
    {
        await using var server = await StartAsync("sha3-256", works: false);
        var request = await RequestAsync(server.Client);
        var module = await server.Client.GetModuleContentAsync(Digest.Parse(request.Module), default);
        Assert.Equal(2L, await CountAsync(server, "sha3 IS NULL"));

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Client.SubmitTaskAsync(request, null, null, default)));

        Assert.Equal(0L, await CountAsync(server, "sha3 IS NULL"));
        var (storedModule, storedBundle) = server.Database.Read(transaction => (
            transaction.QueryFirst("SELECT sha3 FROM modules", row => row.Digest(0)),
            transaction.QueryFirst("SELECT sha3 FROM bundles", row => row.Digest(0))));
        Assert.Equal((ContentHash.Sha3.Of(module), App.DigestUnder(ContentHash.Sha3)), (storedModule, storedBundle));
        Assert.Equal(1, server.Get<Node.BundleCache>().Statistics().Loads);
        Assert.All(ids, task => Assert.Equal("sha3-256", task.Hash));
        await server.Client.CancelTaskAsync(TaskId.Parse(ids[0].Id), default);
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => server.Client.SubmitTaskAsync(request with { Bundle = Digest.Of("none"u8).ToString() }, null, null, default));
    }

    [Fact]
    public async Task Report_StatementUnderTheOtherHash_Refused()
    {
        await using var server = await StartAsync("sha3-256", works: false);
        using var node = new ActingNode(server);
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 2, 40);
        var lease = await node.LeaseAsync();
        Assert.Equal(("sha3-256", null), (lease.Hash, lease.Bundle));

        // Of the same bytes: everything that a stranger could check is right, under a hash that nobody asked for.
        var receipt = await node.AnswerAsync(lease with { Hash = "sha-256" });

        Assert.Equal(new LeaseReceipt(false, "hash-mismatch"), receipt);
        Assert.Equal("module-mismatch", (await node.AnswerAsync(await node.LeaseAsync(), new Lie { Payload = payload => payload with { Module = Digest.Parse(lease.Module) } })).Code);
        Assert.Equal("profile-mismatch", (await node.AnswerAsync(await node.LeaseAsync(), new Lie { Payload = payload => payload with { Profile = EngineProfile.Digest } })).Code);
        Assert.Empty((await server.Client.GetTaskAsync(id, null, default)).Proofs);
    }

    [Fact]
    public async Task Report_Sha3AfterTheModuleIsDeleted_SameAnswerAgain()
    {
        await using var server = await StartAsync("sha3-256", works: false);
        using var node = new ActingNode(server);
        var module = await server.Client.UploadAsync(Guests.Math);
        await server.Client.SubmitAsync(module, "add", 2, 40);
        var report = await node.ReportAsync(await node.LeaseAsync());
        Assert.True((await node.Gateway.ReportAsync(report, default)).Accepted);

        await server.Client.DeleteModuleAsync(module, default);

        Assert.True((await node.Gateway.ReportAsync(report, default)).Accepted);
    }

    [Fact]
    public async Task Leaf_Sha3NotKept_IsMadeAgain()
    {
        await using var server = await StartAsync("sha3-256", works: false);
        using var node = new ActingNode(server);
        await server.Client.UploadBundleAsync(App.Tar(), default);
        var request = Calls.Function(await server.Client.UploadAsync(TraceGuests.HostCalls), "clocks", 9000) with { Bundle = App.Digest.ToString() };
        var id = TaskId.Parse((await server.Client.SubmitTaskAsync(request, null, null, default)).Id);
        var report = await node.ReportAsync(await node.LeaseAsync());
        Assert.True((await node.Gateway.ReportAsync(report with { TraceLeaves = [report.TraceLeaves[0]] }, default)).Accepted);

        Assert.Equal(report.TraceLeaves[2].ToArray(), await server.Client.GetTraceLeafBytesAsync(id, 2, default));
    }

    public void Dispose() => _directory.Dispose();

    private Task<RunningServer> StartAsync(string hash, bool works = true) =>
        RunningServer.StartAsync(new ServerSetup { Directory = _directory.Path, NodeWorks = works, Configuration = { ["Sandbox:Hash"] = hash } });

    private static async Task<TaskRequest> RequestAsync(VcpClient client)
    {
        await client.UploadBundleAsync(App.Tar(), default);
        return Calls.Command(await client.UploadAsync(Guests.Copy)) with { Bundle = App.Digest.ToString(), Outputs = ["/out/"] };
    }

    private static async Task<string> HashOfProofAsync(RunningServer server, ComputeTask task) =>
        (await server.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default)).Payload!.Hash;

    private static Task<long> CountAsync(RunningServer server, string where) => Task.FromResult(server.Database.Read(transaction => transaction.QueryFirst(
        $"SELECT (SELECT COUNT(*) FROM modules WHERE {where}) + (SELECT COUNT(*) FROM bundles WHERE {where})", row => row.Int64(0))));
}
