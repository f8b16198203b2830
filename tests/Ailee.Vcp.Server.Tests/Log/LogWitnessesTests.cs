using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>A log and a witness, both this server.</summary>
public sealed class LogWitnessesTests : IDisposable
{
    private const string Origin = "vcp.example/log";
    private const string Name = "vcp.example/witness";

    private readonly TempDirectory _log = new();
    private readonly TempDirectory _witness = new();
    private readonly NoteKey _logKey;
    private readonly NoteKey _witnessKey;

    public LogWitnessesTests()
    {
        _logKey = new NoteKey(Origin, KeyIn(_log.File("log.key")), NoteKeyType.Log);
        _witnessKey = new NoteKey(Name, KeyIn(_witness.File("witness.key")), NoteKeyType.Witness);
    }

    [Fact]
    public async Task Checkpoint_OfAWitnessedLog_CarriesTheCosignature()
    {
        await using var witness = await StartWitnessAsync();
        var server = await StartLogAsync(witness.Url);

        for (var round = 0; round < 3; round++)
        {
            var size = await server.AppendAsync(10);
            await CosignedAsync(server, size);
            // The witness's memory and ours are as durable as each other.
            server = await server.RestartAsync();
        }

        Assert.Single(server.Database.Read(transaction => transaction.Query("SELECT size FROM log_cosignatures", row => row.Int64(0))));
        Assert.Equal(32, witness.Database.Read(transaction => WitnessStore.Find(transaction, Origin))!.Value.Size);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Witness_ThatRemembersMoreThanWeDo_IsCaughtUpWith()
    {
        await using var witness = await StartWitnessAsync();
        await using var server = await StartLogAsync(witness.Url);
        await CosignedAsync(server, await server.AppendAsync(5));
        await server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM log_cosignatures"));
        await using var restarted = await server.RestartAsync();

        await CosignedAsync(restarted, await restarted.AppendAsync(5));
    }

    [Fact]
    public async Task Witness_ThatClaimsALargerSize_StopsNothing()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var liar = await StubAsync(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            context.Response.ContentType = "text/x.tlog.size";
            await context.Response.WriteAsync("1000000\n");
            asked.TrySetResult();
        });
        await using var server = await StartLogAsync(new Uri(liar.Urls.First()));
        await asked.Task;

        Assert.Equal(12, await server.AppendAsync(10));
        Assert.Null((await server.Client.GetStatsAsync(default)).Log!.ReadOnly);
    }

    [Fact]
    public async Task Witness_ThatAnswersNonsense_IsNotServed()
    {
        using var foreign = SigningKey.Create();
        var answers = new Queue<string>(["", "no line\n", SignedNote.WriteSignature(NoteKey.Cosign(Name, foreign, "text\n", DateTimeOffset.UnixEpoch)) + "\n", new string('a', 100_000)]);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var liar = await StubAsync(async context =>
        {
            if (answers.TryDequeue(out var answer))
            {
                await context.Response.WriteAsync(answer);
            }
            else
            {
                done.TrySetResult();
                context.Response.Redirect("/elsewhere");
            }
        });
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var server = await StartLogAsync(new Uri(liar.Urls.First()), time);
        await LogCalls.UntilAsync(() => done.Task.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Single(SignedNote.TryParse(await server.Client.GetCheckpointAsync(default))!.Signatures);
    }

    public void Dispose()
    {
        _log.Dispose();
        _witness.Dispose();
    }

    private static PublicKey KeyIn(string file)
    {
        using var key = SigningKey.Create();
        File.WriteAllBytes(file, key.ExportSeed());
        return key.PublicKey;
    }

    private static async Task<WebApplication> StubAsync(RequestDelegate answer)
    {
        var stub = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--hostBuilder:reloadConfigOnChange=false"]).Build();
        stub.Run(answer);
        await stub.StartAsync();
        return stub;
    }

    private Task<RunningServer> StartWitnessAsync() => RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Directory = _witness.Path,
        Configuration = { ["Log:WitnessName"] = Name, ["Log:WitnessFor:0"] = _logKey.ToString() },
    });

    private Task<RunningServer> StartLogAsync(Uri witness, TimeProvider? time = null) => RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Directory = _log.Path,
        Time = time,
        Configuration = { ["Log:Origin"] = Origin, ["Log:Witnesses:0:Url"] = $"{witness}api/v1/log", ["Log:Witnesses:0:Key"] = _witnessKey.ToString() },
    });

    private async Task CosignedAsync(RunningServer server, long size)
    {
        await LogCalls.UntilAsync(() => server.Database.Read(transaction => LogStore.FindCosigned(transaction, _witnessKey.ToString())) == size);
        var note = SignedNote.TryParse(await server.Client.GetCheckpointAsync(default))!;
        Assert.Equal((size, 2), (Checkpoint.TryParse(note.Text)!.Size, note.Signatures.Count));
        Assert.True(_logKey.Verifies(note) && _witnessKey.Verifies(note));
        Assert.Equal(MerkleTree.Root(server.Leaves(size)), Checkpoint.TryParse(note.Text)!.Root);
    }
}
