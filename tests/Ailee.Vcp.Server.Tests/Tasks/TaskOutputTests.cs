using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskOutputTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task InvocationAndOutput_HashToTheStatementsDigests()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);
        var request = Calls.Command(module, "a") with { Env = new Dictionary<string, string> { ["K"] = "V" }, Input = new TaskInput { Text = "stdin" }, Seed = new string('7', 64) };

        var task = await fixture.Client.RunAsync(request);

        var id = TaskId.Parse(task.Id);
        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);
        var invocationBytes = await fixture.Client.GetInvocationAsync(id, default);
        var outputBytes = await fixture.Client.GetOutputRecordAsync(id, default);
        Assert.Equal(proof.Payload!.Input, Digest.Of(invocationBytes).ToString());
        Assert.Equal(proof.Payload.Output, Digest.Of(outputBytes).ToString());
        var invocation = Invocation.TryDecode(invocationBytes, out _)!;
        Assert.Equal(["a"], invocation.Arguments);
        Assert.Equal("V", invocation.Environment["K"]);
        Assert.Equal(Blob.Of("stdin"u8), invocation.Stdin);
        Assert.Equal(new string('7', 64), Convert.ToHexStringLower(invocation.Seed.Span));
        // 2000-01-01T00:00:00Z.
        Assert.Equal(946_684_800_000_000_000ul, invocation.ClockNanoseconds);
        Assert.Equal(new DeterministicLimits(16777216, 1_000_000_000_000, 200_000, 4096, 1_000_000, 64 << 20, 16_384, 1024), invocation.Limits);
        var output = OutputRecord.TryDecode(outputBytes, out _)!;
        Assert.Equal(Blob.Of(await fixture.Client.GetStdoutAsync(id, default)), output.Stdout);
    }

    [Fact]
    public async Task Output_ByAccept_StdoutOrTheRecord()
    {
        var task = await fixture.Client.RunAsync(Calls.Command(await fixture.Client.UploadAsync(Guests.Show)) with { Input = new TaskInput { Text = "text" } });
        var path = $"api/v1/tasks/{task.Id}/output";

        using var plain = await fixture.Http.GetAsync(path);
        using var anything = await fixture.Http.GetAsync(path, ("Accept", "*/*"));
        using var record = await fixture.Http.GetAsync(path, ("Accept", "text/html, application/cbor;q=0.9"));

        Assert.Equal("main\0text", await plain.Content.ReadAsStringAsync());
        Assert.Equal("main\0text", await anything.Content.ReadAsStringAsync());
        Assert.Equal(MediaTypes.Binary, plain.Content.Headers.ContentType?.MediaType);
        Assert.Equal(MediaTypes.Cbor, record.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(OutputRecord.TryDecode(await record.Content.ReadAsByteArrayAsync(), out _));
    }

    [Theory]
    [InlineData(65, true)]
    [InlineData(66, false)]
    public async Task Output_LargerThanShown_IsOnlyAtItsPath(int thousands, bool shown)
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Flood), "some", thousands);

        var bytes = await fixture.Client.GetStdoutAsync(TaskId.Parse(task.Id), default);
        var output = task.Result!.Output;
        Assert.Equal((thousands * 1000, thousands * 1000L), (bytes.Length, output.SizeBytes));
        Assert.Equal(Digest.Of(bytes).ToString(), output.Digest);
        Assert.Equal(shown ? Encoding.UTF8.GetString(bytes) : null, output.Text);
        Assert.Null(output.Base64);
    }
}
