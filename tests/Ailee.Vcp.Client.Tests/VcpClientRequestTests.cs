using System.Text;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Client.Tests;

/// <summary>What the client sends.</summary>
public sealed class VcpClientRequestTests : IDisposable
{
    private static readonly Digest SomeDigest = Digest.Of("some"u8);
    private static readonly TaskId SomeTask = TaskId.Create(DateTimeOffset.UnixEpoch);
    private static readonly NodeId SomeNode = new(SomeDigest);

    private readonly StubServer _server = new();

    public static TheoryData<string, string, string?, Func<VcpClient, Task>> Calls { get; } = new()
    {
        { "GET", "/api/v1/modules", "application/json", client => client.ListModulesAsync(null, null, default) },
        { "GET", "/api/v1/modules?limit=7&after=a%2Bb%2Fc%3D%26d", "application/json", client => client.ListModulesAsync(7, "a+b/c=&d", default) },
        { "GET", $"/api/v1/modules/{SomeDigest}", "application/json", client => client.GetModuleAsync(SomeDigest, default) },
        { "GET", $"/api/v1/modules/{SomeDigest}/content", "application/json", client => client.GetModuleContentAsync(SomeDigest, default) },
        { "DELETE", $"/api/v1/modules/{SomeDigest}", null, client => client.DeleteModuleAsync(SomeDigest, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}", "application/json", client => client.GetTaskAsync(SomeTask, null, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}?wait=30", "application/json", client => client.GetTaskAsync(SomeTask, TimeSpan.FromSeconds(30.9), default) },
        { "GET", "/api/v1/tasks", "application/json", client => client.ListTasksAsync(null, null, null, default) },
        { "GET", "/api/v1/tasks?state=a%20b%26c&limit=1&after=%3F%23", "application/json", client => client.ListTasksAsync("a b&c", 1, "?#", default) },
        { "DELETE", $"/api/v1/tasks/{SomeTask}", null, client => client.CancelTaskAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/invocation", "application/json", client => client.GetInvocationAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/output", "application/octet-stream", client => client.GetStdoutAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/output", "application/cbor", client => client.GetOutputRecordAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/output/proof?stream=stdout", "application/json", client => client.GetOutputProofAsync(SomeTask, OutputBlobName.Stdout, null, null, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/output/proof?file=a%2Fb%26c&offset=1&length=2", "application/json", client => client.GetOutputProofAsync(SomeTask, OutputBlobName.OfFile("a/b&c"), 1, 2, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/trace", "application/json", client => client.ListTraceAsync(SomeTask, null, null, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/trace?limit=3&after=1.2", "application/json", client => client.ListTraceAsync(SomeTask, 3, "1.2", default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/trace", "application/cbor-seq", client => client.GetTraceFileAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/trace/7", "application/json", client => client.GetTraceLeafAsync(SomeTask, 7, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/trace/7", "application/cbor", client => client.GetTraceLeafBytesAsync(SomeTask, 7, default) },
        { "GET", "/api/v1/bundles?limit=7", "application/json", client => client.ListBundlesAsync(7, null, default) },
        { "GET", $"/api/v1/bundles/{SomeDigest}?after=a%20b%2Fc", "application/json", client => client.GetBundleAsync(SomeDigest, null, "a b/c", default) },
        { "GET", $"/api/v1/bundles/{SomeDigest}/content", "application/x-tar", client => client.GetBundleContentAsync(SomeDigest, default) },
        { "DELETE", $"/api/v1/bundles/{SomeDigest}", null, client => client.DeleteBundleAsync(SomeDigest, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/files", "application/json", client => client.ListFilesAsync(SomeTask, null, null, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/files?limit=3&after=%3F%23", "application/json", client => client.ListFilesAsync(SomeTask, 3, "?#", default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/files", "application/x-tar", client => client.GetFilesAsync(SomeTask, default) },
        { "GET", $"/api/v1/tasks/{SomeTask}/files/a%20b/%3Fc%23%25/%C3%A9", "application/octet-stream", client => client.GetFileAsync(SomeTask, "a b/?c#%/\u00e9", default) },
        { "GET", $"/api/v1/proofs/{SomeDigest}", "application/json", client => client.GetProofAsync(SomeDigest, default) },
        { "GET", "/api/v1/proofs", "application/json", client => client.ListProofsAsync(null, null, null, null, null, default) },
        { "GET", "/api/v1/proofs?task=t&module=sha256%3A0&node=n&limit=2&after=x", "application/json", client => client.ListProofsAsync("t", "sha256:0", "n", 2, "x", default) },
        { "GET", "/api/v1/log/checkpoint", "text/plain", client => client.GetCheckpointAsync(default) },
        { "GET", "/api/v1/log/key", "text/plain", client => client.GetLogKeyAsync(default) },
        { "GET", "/api/v1/log/tile/1/x001/234", "application/octet-stream", client => client.GetTileAsync(new TilePath(1, 1234, 256), default) },
        { "GET", "/api/v1/log/tile/entries/000.p/7", "application/octet-stream", client => client.GetTileAsync(new TilePath(TilePath.EntriesLevel, 0, 7), default) },
        { "GET", "/api/v1/log/entries/7", "application/json", client => client.GetEntryAsync(7, null, default) },
        { "GET", "/api/v1/log/entries/7?size=9", "application/json", client => client.GetEntryAsync(7, 9, default) },
        { "GET", "/api/v1/log/consistency?from=7&to=9", "application/json", client => client.GetConsistencyAsync(7, 9, default) },
        { "GET", "/api/v1/log/entries", "application/json", client => client.FindEntriesAsync(new LogEntryQuery(), default) },
        {
            "GET",
            "/api/v1/log/entries?statement=sha256%3A0&task=t&module=m&input=i&output=o&node=n&kind=k&limit=2&after=x",
            "application/json",
            client => client.FindEntriesAsync(new LogEntryQuery { Statement = "sha256:0", Task = "t", Module = "m", Input = "i", Output = "o", Node = "n", Kind = "k", Limit = 2, After = "x" }, default)
        },
        { "GET", "/api/v1/nodes", "application/json", client => client.ListNodesAsync(default) },
        { "GET", "/api/v1/nodes?owner=o&state=online&limit=2&after=x", "application/json", client => client.ListNodesAsync("o", "online", 2, "x", default) },
        { "GET", $"/api/v1/nodes/{SomeNode}", "application/json", client => client.GetNodeAsync(SomeNode, default) },
        { "GET", $"/api/v1/nodes/{SomeNode}/events?limit=2&after=x", "application/json", client => client.ListNodeEventsAsync(SomeNode, 2, "x", default) },
        { "GET", $"/api/v1/nodes/{SomeNode}/telemetry", "application/json", client => client.ListTelemetryAsync(SomeNode, null, null, null, null, default) },
        {
            "GET",
            $"/api/v1/nodes/{SomeNode}/telemetry?from=1970-01-01T00%3A00%3A00.0000000Z&to=1970-01-01T00%3A00%3A01.5000000Z&limit=2&after=x",
            "application/json",
            client => client.ListTelemetryAsync(SomeNode, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1.5).ToOffset(TimeSpan.FromHours(2)), 2, "x", default)
        },
        { "POST", $"/api/v1/nodes/{SomeNode}/drain", null, client => client.DrainNodeAsync(SomeNode, default) },
        { "POST", $"/api/v1/nodes/{SomeNode}/release", null, client => client.ReleaseNodeAsync(SomeNode, default) },
        { "DELETE", $"/api/v1/nodes/{SomeNode}?reason=r", null, client => client.RemoveNodeAsync(SomeNode, "r", default) },
        { "GET", "/api/v1/ledger?limit=3&after=7", "application/json", client => client.GetLedgerAsync(3, "7", default) },
        { "GET", "/api/v1/ledger/accounts?after=submitter%3Aa", "application/json", client => client.ListAccountsAsync(null, "submitter:a", default) },
        { "GET", "/api/v1/ledger/accounts/submitter%3Aa%20b/statement", "application/json", client => client.GetStatementAsync(LedgerAccount.OfSubmitter("a b"), new StatementQuery(), default) },
        {
            "GET",
            "/api/v1/ledger/accounts/treasury/statement?from=1970-01-01T00%3A00%3A00.0000000%2B00%3A00&to=1970-01-01T00%3A00%3A01.0000000%2B00%3A00",
            "text/csv",
            client => client.GetStatementCsvAsync(LedgerAccount.Treasury, new StatementQuery { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddSeconds(1) }, default)
        },
        { "GET", $"/api/v1/nodes/{SomeNode}/rewards?limit=2&after=9", "application/json", client => client.GetRewardsAsync(SomeNode, new StatementQuery { Limit = 2, After = "9" }, default) },
        { "GET", $"/api/v1/nodes/{SomeNode}/rewards", "text/csv", client => client.GetRewardsCsvAsync(SomeNode, new StatementQuery(), default) },
        { "GET", "/api/v1/stats", "application/json", client => client.GetStatsAsync(default) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Calls))]
    public async Task Call_Method_PathAndAccept(string method, string path, string? accept, Func<VcpClient, Task> call)
    {
        _server.Status = System.Net.HttpStatusCode.NotFound;

        await Assert.ThrowsAsync<VcpApiException>(() => call(_server.Client()));

        Assert.Equal((method, path, accept), (_server.Method, _server.PathAndQuery, _server.Headers.GetValueOrDefault("Accept")));
        Assert.Empty(_server.Sent);
    }

    [Fact]
    public async Task Call_OnNodesWithABody_SendsIt()
    {
        using var key = Core.Cose.SigningKey.Create();
        _server.Status = System.Net.HttpStatusCode.NotFound;

        foreach (var (path, body, call) in new (string, string, Func<VcpClient, Task>)[]
        {
            ("nodes/tokens", """{"owner":"o","expiresInSeconds":60}""", client => client.CreateJoinTokenAsync(new Nodes.JoinTokenRequest { Owner = "o", ExpiresInSeconds = 60 }, default)),
            ($"nodes/{SomeNode}/quarantine", """{"reason":"r"}""", client => client.QuarantineNodeAsync(SomeNode, "r", default)),
            ($"nodes/{SomeNode}/rotate", $$"""{"publicKey":"{{key.PublicKey}}"}""", client => client.RotateNodeAsync(SomeNode, key.PublicKey, default)),
        })
        {
            await Assert.ThrowsAsync<VcpApiException>(() => call(_server.Client()));
            Assert.Equal(("POST", $"/api/v1/{path}", body), (_server.Method, _server.PathAndQuery, System.Text.Encoding.UTF8.GetString(_server.Sent)));
        }
    }

    [Fact]
    public async Task Call_ServerBelowAPath_StaysBelowIt()
    {
        _server.Status = System.Net.HttpStatusCode.NotFound;

        await Assert.ThrowsAsync<VcpApiException>(() => _server.Client("http://vcp.test/below/").GetStatsAsync(default));

        Assert.Equal("/below/api/v1/stats", _server.PathAndQuery);
    }

    [Theory]
    [InlineData(MediaTypes.Wasm)]
    [InlineData(MediaTypes.Wat)]
    public async Task Upload_Bytes_AsTheyAre(string mediaType)
    {
        _server.Body = System.Text.Json.JsonSerializer.Serialize(Samples.Module, VcpJson.Default.ModuleView);

        await _server.Client().UploadModuleAsync(new byte[] { 0, 0x61, 0xff }, mediaType, default);

        Assert.Equal(("POST", "/api/v1/modules", mediaType), (_server.Method, _server.PathAndQuery, _server.Headers["Content-Type"]));
        Assert.Equal([0, 0x61, 0xff], _server.Sent);
    }

    [Fact]
    public async Task Upload_Bundle_AsItIs()
    {
        _server.Body = System.Text.Json.JsonSerializer.Serialize(Samples.Bundle, VcpJson.Default.BundleView);

        await _server.Client().UploadBundleAsync(new MemoryStream([1, 2, 3]), default);

        Assert.Equal(("POST", "/api/v1/bundles", MediaTypes.Tar), (_server.Method, _server.PathAndQuery, _server.Headers["Content-Type"]));
        Assert.Equal([1, 2, 3], _server.Sent);
    }

    [Fact]
    public async Task Submit_WithWaitAndKey_SentAsHeaders()
    {
        _server.Body = System.Text.Json.JsonSerializer.Serialize(Samples.Task, VcpJson.Default.ComputeTask);

        await _server.Client().SubmitTaskAsync(new TaskRequest { Module = "m", Entrypoint = "f" }, TimeSpan.FromSeconds(30), "key 1", default);

        Assert.Equal(("POST", "/api/v1/tasks"), (_server.Method, _server.PathAndQuery));
        Assert.Equal(("wait=30", "key 1"), (_server.Headers["Prefer"], _server.Headers["Idempotency-Key"]));
        Assert.StartsWith(MediaTypes.Json, _server.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("""{"module":"m","entrypoint":"f"}""", Encoding.UTF8.GetString(_server.Sent));
    }

    [Fact]
    public async Task Submit_WithoutWaitAndKey_NoHeaders()
    {
        _server.Body = System.Text.Json.JsonSerializer.Serialize(Samples.Task, VcpJson.Default.ComputeTask);

        await _server.Client().SubmitTaskAsync(new TaskRequest { Module = "m" }, null, null, default);

        Assert.DoesNotContain("Prefer", _server.Headers.Keys);
        Assert.DoesNotContain("Idempotency-Key", _server.Headers.Keys);
    }

    [Fact]
    public async Task Verify_BytesOrRequest_AsCoseOrJson()
    {
        _server.Body = """{"valid":true,"checks":[]}""";
        var client = _server.Client();

        Assert.True((await client.VerifyAsync(new byte[] { 0xd2 }, default)).Valid);
        Assert.Equal(("POST", "/api/v1/proofs/verify", MediaTypes.Statement), (_server.Method, _server.PathAndQuery, _server.Headers["Content-Type"]));
        Assert.Equal([0xd2], _server.Sent);

        Assert.True((await client.VerifyAsync(new VerifyRequest { Statement = "0g==" }, default)).Valid);
        Assert.StartsWith(MediaTypes.Json, _server.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("""{"statement":"0g=="}""", Encoding.UTF8.GetString(_server.Sent));
    }

    [Fact]
    public async Task Transparent_Wait_SentAsHeader()
    {
        (_server.Body, _server.MediaType) = ("statement", MediaTypes.Statement);

        Assert.Equal("statement"u8.ToArray(), await _server.Client().GetTransparentStatementAsync(SomeDigest, TimeSpan.FromSeconds(10.9), default));

        Assert.Equal(($"/api/v1/proofs/{SomeDigest}", MediaTypes.Statement, "wait=10"), (_server.PathAndQuery, _server.Headers["Accept"], _server.Headers["Prefer"]));
    }

    [Fact]
    public async Task Present_Note_AsText()
    {
        _server.Body = """{"size":9,"consistent":true}""";

        var answer = await _server.Client().PresentCheckpointAsync("a note"u8.ToArray(), default);

        Assert.Equal(new PresentedView(9, true), answer);
        Assert.Equal(("POST", "/api/v1/log/checkpoint", MediaTypes.Text), (_server.Method, _server.PathAndQuery, _server.Headers["Content-Type"]));
        Assert.Equal("a note"u8.ToArray(), _server.Sent);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("vcp_key", "Bearer vcp_key")]
    public void CreateHttp_Key_SentWithEveryCall(string? key, string? header)
    {
        using var http = VcpClient.CreateHttp(new Uri("http://vcp.test/"), key);

        Assert.Equal(header, http.DefaultRequestHeaders.Authorization?.ToString());
        // Longer than the longest wait that the server grants.
        Assert.True(http.Timeout > TimeSpan.FromSeconds(60));
    }

    public void Dispose() => _server.Dispose();
}
