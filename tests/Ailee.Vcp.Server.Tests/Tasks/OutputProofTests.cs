using System.Net;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class OutputProofTests(LargeOutputFixture fixture) : IClassFixture<LargeOutputFixture>
{
    private const int Chunk = Blob.ChunkSizeBytes;

    // More chunks than one answer may have, and the last one short.
    private const int Length = (70 * Chunk) + 10;

    [Theory]
    [InlineData(0L, 1L, 0, 1)]
    [InlineData(65_535L, 2L, 0, 2)]
    [InlineData(65_536L, 65_536L, 1, 1)]
    [InlineData(null, 64L * Chunk, 0, 64)]
    [InlineData(6L * Chunk, null, 6, 65)]
    [InlineData(7L * Chunk, null, 7, 64)]
    [InlineData(Length - 1L, null, 70, 1)]
    public async Task Prove_Part_IsCommittedToByTheStatement(long? offset, long? length, int first, int chunks)
    {
        var task = await fixture.RunAsync(Length);
        foreach (var name in (OutputBlobName[])[OutputBlobName.Stdout, OutputBlobName.OfFile("big")])
        {
            if (chunks > 64)
            {
                await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "range-too-large", () => ProveAsync(task, name, offset, length));
                continue;
            }

            var view = await ProveAsync(task, name, offset, length);

            Assert.Equal((task.Proofs[0].Id, name.Stream, name.File, (long)Length), (view.Proof, view.Blob.Stream, view.Blob.File, view.Blob.SizeBytes));
            Assert.Equal((offset ?? 0, length ?? (Length - offset)), (view.Offset, view.SizeBytes));
            Assert.Equal(Enumerable.Range(first, chunks).Select(index => (long)index), view.Chunks.Select(chunk => chunk.Index));
            var shown = view.Chunks.SelectMany(chunk => chunk.Bytes).ToArray();
            Assert.Equal(Digest.Of(LargeOutputFixture.Written(Length).AsSpan(first * Chunk, shown.Length)), Digest.Of(shown));
            await HoldsAsync(view);
        }
    }

    [Fact]
    public async Task Prove_Stderr_IsCommittedTo()
    {
        var view = await ProveAsync(await fixture.RunAsync(5), OutputBlobName.Stderr, 4, 4);

        Assert.Equal(("stderr", 4096L, 1), (view.Blob.Stream, view.Blob.SizeBytes, view.Chunks.Count));
        Assert.Empty(view.Chunks[0].Path);
        await HoldsAsync(view);
    }

    [Fact]
    public async Task Prove_NoBytes_IsCommittedTo()
    {
        var task = await fixture.RunAsync(0);

        var view = await ProveAsync(task, OutputBlobName.Stdout, null, null);

        Assert.Equal((0L, 0L, 0), (view.Blob.SizeBytes, view.SizeBytes, view.Chunks.Count));
        await HoldsAsync(view);
        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "range-invalid", () => ProveAsync(task, OutputBlobName.Stdout, 0, 1));
        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "range-invalid", () => ProveAsync(task, OutputBlobName.Stdout, 1, null));
    }

    [Theory]
    [InlineData("offset=10", "range-invalid")]
    [InlineData("offset=0&length=11", "range-invalid")]
    [InlineData("offset=9&length=2", "range-invalid")]
    [InlineData("length=0", "range-invalid")]
    [InlineData("offset=-1", "range-invalid")]
    [InlineData("length=-1", "range-invalid")]
    [InlineData("offset=9223372036854775807&length=9223372036854775807", "range-invalid")]
    [InlineData("offset=-9223372036854775808", "range-invalid")]
    [InlineData("offset=9223372036854775808", "malformed-request")]
    [InlineData("offset=x", "malformed-request")]
    [InlineData("length=1.5", "malformed-request")]
    [InlineData("stream=stdin", "malformed-request")]
    [InlineData("stream=", "malformed-request")]
    [InlineData("stream=stdout&file=big", "malformed-request")]
    [InlineData("file=", "file-not-found")]
    [InlineData("file=small", "file-not-found")]
    [InlineData("file=/big", "file-not-found")]
    public async Task Prove_Wrong_Refused(string query, string code)
    {
        var task = await fixture.RunAsync(10);

        await fixture.Http.GetAsync($"api/v1/tasks/{task.Id}/output/proof?{query}").ProblemAsync(code);
    }

    [Fact]
    public async Task Prove_UnknownOrUndecided_Refused()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);

        await server.Http.GetAsync($"api/v1/tasks/{id}/output/proof").ProblemAsync("task-not-decided");
        await server.Http.GetAsync($"api/v1/tasks/{id}/output").ProblemAsync("task-not-decided");
        await server.Http.GetAsync($"api/v1/tasks/{TaskId.Create(DateTimeOffset.UnixEpoch)}/output/proof").ProblemAsync("task-not-found");
        await server.Http.GetAsync("api/v1/tasks/x/output/proof").ProblemAsync("task-not-found");
    }

    // A path made of other bytes would prove nothing: whoever asks is told instead.
    [Fact]
    public async Task Prove_StoredBytesChanged_NoProofIsMade()
    {
        await using var server = await RunningServer.StartAsync();
        var task = await server.Client.RunAsync(Calls.Command(await server.Client.UploadAsync(Guests.Show)) with { Input = new TaskInput { Text = "text" } });
        await server.Database.WriteAsync(transaction => transaction.Execute("UPDATE task_outputs SET stdout = zeroblob(length(stdout))"));

        await server.Http.GetAsync($"api/v1/tasks/{task.Id}/output/proof").ProblemAsync("internal-error");
    }

    private Task<OutputProofView> ProveAsync(ComputeTask task, OutputBlobName name, long? offset, long? length) =>
        fixture.Client.GetOutputProofAsync(TaskId.Parse(task.Id), name, offset, length, default);

    private async Task HoldsAsync(OutputProofView view)
    {
        var statement = SignedStatement.TryDecode(await fixture.Client.GetBareStatementAsync(Digest.Parse(view.Proof)), out _)!;

        var check = view.ToEvidence(statement.Payload.Hash).Check(statement.Payload);

        Assert.True(check.Ok, check.Detail);
    }
}
