using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Files on their way to a guest and back.</summary>
public sealed class TaskFilesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Bundle App = Trees.Of(("app/in.txt", "hello"));

    [Fact]
    public async Task Run_BundleAndOutputs_FilesComeBackAndTheProofNamesThem()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["/out/"] });

        var id = TaskId.Parse(task.Id);
        Assert.Equal((0L, App.Digest.ToString(), 2L), (task.Result!.ExitCode, task.Bundle, task.Result.FileCount));
        var hello = Digest.Of("hello"u8).ToString();
        Assert.Equal([new TaskFile("out/again.txt", 5, hello), new TaskFile("out/copy.txt", 5, hello)], task.Result.Files);
        Assert.Equal(task.Result.Files, (await fixture.Client.ListFilesAsync(id, null, null, default)).Items);
        Assert.Equal("hello"u8.ToArray(), await fixture.Client.GetFileAsync(id, "out/copy.txt", default));
        using var tar = new MemoryStream(await fixture.Client.GetFilesAsync(id, default));
        var unpacked = await BundleTarReader.ReadAsync(tar, BundleLimits.Default, default);
        Assert.Equal(["out", "out/again.txt", "out/copy.txt"], unpacked.Entries.Select(entry => entry.Path));
        var evidence = new Evidence
        {
            Invocation = await fixture.Client.GetInvocationAsync(id, default),
            BundleManifest = App.Manifest,
            Output = await fixture.Client.GetOutputRecordAsync(id, default),
            Files = unpacked.Entries.Where(entry => entry.Kind == BundleEntryKind.File).ToDictionary(entry => entry.Path, entry => entry.Content),
        };
        var report = StatementVerifier.Verify(await fixture.Client.GetBareStatementAsync(Digest.Parse(task.Proofs[0].Id)), evidence);
        Assert.True(report.Valid, report.FirstFailure?.Detail);
        Assert.Equal(["out"], Invocation.TryDecode(evidence.Invocation!.Value, out _)!.Outputs);
    }

    [Fact]
    public async Task Files_Pages_AreInOrderAndEnd()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["**"] });
        var id = TaskId.Parse(task.Id);

        var whole = await fixture.Client.ListFilesAsync(id, 2, null, default);
        var first = await fixture.Client.ListFilesAsync(id, 1, null, default);
        var second = await fixture.Client.ListFilesAsync(id, 1, first.Next, default);

        Assert.Equal(["out/again.txt", "out/copy.txt"], whole.Items.Select(file => file.Path));
        Assert.Null(whole.Next);
        Assert.Equal(whole.Items, [.. first.Items, .. second.Items]);
        Assert.Null(second.Next);
        var other = await fixture.Client.RunAsync(await RequestAsync(fixture.Client));
        await fixture.Http.GetAsync($"api/v1/tasks/{other.Id}/files?after={first.Next}").ProblemAsync("malformed-request");
        await fixture.Http.GetAsync($"api/v1/tasks/{task.Id}/files?after=x").ProblemAsync("malformed-request");
        await fixture.Http.GetAsync($"api/v1/tasks/{task.Id}/files?limit=201").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task List_TaskWithFiles_CountsThemOnly()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["**"] });

        var listed = (await fixture.Client.ListTasksAsync(null, 200, null, default)).Items.Single(each => each.Id == task.Id);

        Assert.Empty(listed.Result!.Files);
        Assert.Equal(2, listed.Result.FileCount);
    }

    // Only what shows more than bytes and state may read a record of its own accord.
    [Fact]
    public async Task Files_RecordThatDoesNotDecode_AreServedAllTheSame()
    {
        await using var server = await RunningServer.StartAsync();
        var task = await server.Client.RunAsync(await RequestAsync(server.Client) with { Outputs = ["**"] });
        var id = TaskId.Parse(task.Id);

        await server.Database.WriteAsync(transaction => transaction.Execute("UPDATE task_outputs SET record = x'ff'"));

        Assert.Equal("hello"u8.ToArray(), await server.Client.GetFileAsync(id, "out/copy.txt", default));
        Assert.Equal(2, (await server.Client.ListFilesAsync(id, null, null, default)).Items.Count);
        Assert.Equal(task.Result!.Files, (await server.Client.GetTaskAsync(id, null, default)).Result!.Files);
        Assert.Single((await server.Client.ListTasksAsync(null, null, null, default)).Items);
        Assert.Equal([0xff], await server.Client.GetOutputRecordAsync(id, default));
    }

    [Fact]
    public async Task Run_WithoutOutputs_NothingComesBack()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client));

        Assert.Equal((0L, 0L), (task.Result!.ExitCode, task.Result.FileCount));
        Assert.Empty(task.Result.Files);
        Assert.Empty((await fixture.Client.ListFilesAsync(TaskId.Parse(task.Id), null, null, default)).Items);
    }

    [Fact]
    public async Task Run_Twice_BundleIsLoadedOnce()
    {
        await using var server = await RunningServer.StartAsync();
        var request = await RequestAsync(server.Client);

        await server.Client.RunAsync(request);
        await server.Client.RunAsync(request);

        var cache = (await server.Client.GetStatsAsync(default)).BundleCache;
        Assert.Equal((1L, 1L, 1), (cache.Loads, cache.Hits, cache.Entries));
        var metrics = await server.Http.GetStringAsync("metrics");
        Assert.Contains("vcp_bundle_cache_lookups_total{result=\"memory\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_Raw_IsBytesThatNoBrowserTakesForAPage()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["**"] });

        using var response = await fixture.Http.GetAsync($"api/v1/tasks/{task.Id}/files/out/copy.txt");

        Assert.Equal((MediaTypes.Binary, "nosniff"), (response.Content.Headers.ContentType?.MediaType, response.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Equal(("attachment", 5L), (response.Content.Headers.ContentDisposition?.DispositionType, response.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("files/none")]
    [InlineData("files/out")]
    [InlineData("files/app/in.txt")]
    [InlineData("files/out%2Fcopy.txt")]
    [InlineData("files/%5C..%5Ccopy.txt")]
    public async Task File_NotThere_FileNotFound(string path)
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["**"] });

        await fixture.Http.GetAsync($"api/v1/tasks/{task.Id}/{path}").ProblemAsync("file-not-found");
    }

    [Fact]
    public async Task Files_UnknownOrUndecided_Refused()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var task = await server.Client.SubmitTaskAsync(await RequestAsync(server.Client), null, null, default);

        await server.Http.GetAsync($"api/v1/tasks/{task.Id}/files").ProblemAsync("task-not-decided");
        await server.Http.GetAsync($"api/v1/tasks/{task.Id}/files/a").ProblemAsync("task-not-decided");
        await server.Http.GetAsync($"api/v1/tasks/{TaskId.Create(DateTimeOffset.UnixEpoch)}/files").ProblemAsync("task-not-found");
        await server.Http.GetAsync("api/v1/tasks/x/files/a").ProblemAsync("task-not-found");
    }

    [Theory]
    [InlineData("", "outputs-invalid")]
    [InlineData("../a", "outputs-invalid")]
    [InlineData("a//b", "outputs-invalid")]
    [InlineData(null, "outputs-invalid")]
    public async Task Submit_BadOutputs_Refused(string? pattern, string code)
    {
        var request = await RequestAsync(fixture.Client) with { Outputs = ["fine", pattern!] };

        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, code, () => fixture.Client.SubmitTaskAsync(request, null, null, default));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("sha256:00")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Submit_UnknownBundle_Refused(string bundle)
    {
        var request = await RequestAsync(fixture.Client) with { Bundle = bundle };

        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => fixture.Client.SubmitTaskAsync(request, null, null, default));
    }

    [Theory]
    [InlineData(-1L, "limit-too-low")]
    [InlineData(67_108_865L, "limit-too-high")]
    public async Task Submit_ScratchBytes_OnlyLowerThanTheServers(long scratch, string code)
    {
        var request = await RequestAsync(fixture.Client) with { Limits = new TaskLimits { ScratchBytes = scratch } };

        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, code, () => fixture.Client.SubmitTaskAsync(request, null, null, default));
    }

    // The second copy no longer fits: no space left is errno 51.
    [Fact]
    public async Task Run_LittleScratch_IsNoticedByTheGuest()
    {
        var task = await fixture.Client.RunAsync(await RequestAsync(fixture.Client) with { Outputs = ["**"], Limits = new TaskLimits { ScratchBytes = 7 } });

        Assert.Equal(51, task.Result!.ExitCode);
        Assert.Contains(task.Result.Files, file => file.Path == "out/copy.txt" && file.SizeBytes == 5);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("more")]
    [InlineData("other")]
    public async Task Report_FilesBesideTheRecord_RefusedByName(string lie)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var submitted = await server.Client.SubmitTaskAsync(await RequestAsync(server.Client) with { Outputs = ["**"] }, null, null, default);
        var lease = await node.LeaseAsync();

        var refused = await node.AnswerAsync(lease, new Lie
        {
            Files = files =>
            {
                files.Remove(lie == "missing" ? "out/copy.txt" : string.Empty);
                files[lie == "missing" ? "out/again.txt" : lie == "more" ? "more" : "out/copy.txt"] = Encoding.UTF8.GetBytes(lie == "missing" ? "hello" : "HELLO");
                return files;
            },
        });
        var accepted = await node.AnswerAsync(await node.LeaseAsync());

        Assert.Equal((false, "output"), (refused.Accepted, refused.Code));
        Assert.True(accepted.Accepted, accepted.Code);
        Assert.Equal("hello"u8.ToArray(), await server.Client.GetFileAsync(TaskId.Parse(submitted.Id), "out/copy.txt", default));
    }

    private static async Task<TaskRequest> RequestAsync(VcpClient client)
    {
        await client.UploadBundleAsync(App.Tar(), default);
        return Calls.Command(await client.UploadAsync(Guests.Copy)) with { Bundle = App.Digest.ToString() };
    }
}
