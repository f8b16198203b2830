using System.Globalization;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Proofs;

public sealed class ProofEndpointsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Get_Json_SaysWhatTheStatementSays()
    {
        var task = await RunAsync();

        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);

        var bytes = Convert.FromBase64String(proof.Statement);
        var statement = SignedStatement.TryDecode(bytes, out _)!;
        var (header, payload) = (statement.Header, statement.Payload);
        Assert.Equal((Digest.Of(bytes).ToString(), task.Id, header.KeyId.ToString()), (proof.Id, proof.Task, proof.Node));
        Assert.Equal(header.Key.ToString(), proof.PublicKey);
        Assert.Equal(header.Counter.ToString(CultureInfo.InvariantCulture), proof.Counter);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(header.IssuedAtSeconds), proof.IssuedAt);
        Assert.Equal((payload.Task.ToString(), payload.Nonce.ToString()), (proof.Task, proof.Payload!.Nonce));
        Assert.Equal((task.Module, "add", "completed", 0L), (proof.Payload!.Module, proof.Payload.Entrypoint, proof.Payload.Outcome, proof.Payload.ExitCode));
        Assert.Equal((task.Metrics!.Instructions, task.Metrics.Gas, 0L), (proof.Payload.Instructions, proof.Payload.Gas, proof.Payload.MemoryPages));
        Assert.Equal((payload.TraceRoot.ToString(), payload.TraceLeaves), (proof.Payload.TraceRoot, proof.Payload.TraceLeaves));
        Assert.Equal(task.Proofs[0].ExecutionHash, proof.Payload.ExecutionHash);
    }

    [Fact]
    public async Task Get_ByAccept_TheCoseFileWithItsReceipt()
    {
        var task = await RunAsync();

        using var response = await fixture.Http.GetAsync($"api/v1/proofs/{task.Proofs[0].Id}", ("Accept", "application/scitt-statement+cose"), ("Prefer", "wait=60"));

        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(MediaTypes.Statement, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0xd2, bytes[0]);
        Assert.InRange(bytes.Length, 300, 1200);
        Assert.Equal("wait=60", Assert.Single(response.Headers.GetValues("Preference-Applied")));
        var file = TransparentStatement.TryDecode(bytes, out _)!;
        Assert.Equal(task.Proofs[0].Id, Digest.Of(file.Statement.Span).ToString());
        Assert.Single(file.Receipts);
        Assert.True(StatementVerifier.Verify(bytes, new Evidence { LogKey = await fixture.Client.GetLogKeyAsync(default) }).Valid);
    }

    [Fact]
    public async Task Get_UnknownOrMalformed_NotFound()
    {
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "proof-not-found", () => fixture.Client.GetProofAsync(Digest.Of("none"u8), default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "proof-not-found", () => fixture.Client.GetTransparentStatementAsync(Digest.Of("none"u8), TimeSpan.Zero, default));
        await fixture.Http.GetAsync("api/v1/proofs/1").ProblemAsync("proof-not-found");
    }

    [Fact]
    public async Task List_ByTaskModuleAndNode_OnlyThose()
    {
        var task = await RunAsync();
        var other = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Unique(1)), "run");
        var node = task.Proofs[0].Node;

        Assert.Equal([task.Proofs[0].Id], await IdsAsync($"task={task.Id}"));
        Assert.Equal([other.Proofs[0].Id], await IdsAsync($"module={other.Module}"));
        Assert.Superset(new HashSet<string> { task.Proofs[0].Id, other.Proofs[0].Id }, (await IdsAsync($"node={node}")).ToHashSet());
        Assert.Equal([task.Proofs[0].Id], await IdsAsync($"task={task.Id}&module={task.Module}&node={node}"));
        Assert.Empty(await IdsAsync($"task={task.Id}&module={other.Module}"));
        Assert.Empty(await IdsAsync($"task={Guid.NewGuid()}"));
    }

    [Fact]
    public async Task List_ByCursor_CoversEveryProofOnce()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(2));
        var tasks = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => fixture.Client.RunAsync(module, "run")));

        var listed = new List<string>();
        string? after = null;
        do
        {
            var page = await fixture.Client.ListProofsAsync(null, module.ToString(), null, 4, after, default);
            listed.AddRange(page.Items.Select(proof => proof.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(tasks.Select(task => task.Proofs[0].Id).Order(), listed.Order());
    }

    [Theory]
    [InlineData("task=7")]
    [InlineData("task=")]
    [InlineData("module=add")]
    [InlineData("node=built-in")]
    [InlineData("node=~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~")]
    [InlineData("limit=0")]
    [InlineData("after=~")]
    public async Task List_BadQuery_MalformedRequest(string query) => await fixture.Http.GetAsync($"api/v1/proofs?{query}").ProblemAsync("malformed-request");

    [Fact]
    public async Task Get_AfterItsModuleWasDeleted_StillThere()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(3));
        var task = await fixture.Client.RunAsync(module, "run");
        await fixture.Client.DeleteModuleAsync(module, default);

        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);

        Assert.Equal(module.ToString(), proof.Payload!.Module);
        Assert.Equal("completed", (await fixture.Client.GetTaskAsync(TaskId.Parse(task.Id), null, default)).Result!.Outcome);
    }

    private async Task<ComputeTask> RunAsync() => await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Math), "add", 2, 40);

    private async Task<List<string>> IdsAsync(string query)
    {
        using var response = await fixture.Http.GetAsync($"api/v1/proofs?{query}");
        var page = System.Text.Json.JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), VcpJson.Default.PageProofView)!;
        return [.. page.Items.Select(proof => proof.Id)];
    }
}
