using Ailee.Vcp.Cli.Tests.Log;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Tests.Export;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Export_SingleTask_VerifiesByItself()
    {
        var task = new LoggedTask(voters: 1, certified: false);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);

        var run = await ExportAsync(server);
        var verified = await CliRun.OfAsync("verify", Out);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal(
            ["checkpoint", "enrolment-1.cose", "genesis.cose", "invocation.cbor", "log.key", "output.cbor", "proof-1.cose", "stdout"],
            Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((0, string.Empty), (verified.ExitCode, verified.Stderr));
        Assert.EndsWith(
            $"""
            The node is node 1 of owner 1.
            It is entry 2 of the log {TestLog.Origin}, which had 3 entries.
            Not checked: whose the log's key is: it came with the files; give --log-key from elsewhere.
            Not checked: whether others who ran it, if any did, came to the same: give --certificate.
            VALID

            """,
            verified.Stdout,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proof-1.cose")]
    [InlineData("enrolment-1.cose")]
    [InlineData("checkpoint")]
    public async Task Verify_LinkInTheDirectory_Refused(string name)
    {
        var task = new LoggedTask(voters: 1, certified: false);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        await ExportAsync(server);
        var elsewhere = _directory.Path("elsewhere");
        File.Move(Path.Combine(Out, name), elsewhere);
        File.CreateSymbolicLink(Path.Combine(Out, name), elsewhere);

        var verified = await CliRun.OfAsync("verify", Out);

        Assert.Equal((125, string.Empty), (verified.ExitCode, verified.Stdout));
        Assert.Contains($"{name} is no regular file", verified.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_CertifiedTask_VerifiesEachVote()
    {
        var task = new LoggedTask(voters: 3, certified: true);
        // What was outvoted is no proof of the decision.
        task.View = task.View with { Proofs = [new TaskProof("sha256:" + new string('0', 64), "node", "hash"), .. task.View.Proofs] };
        await using var server = await LogServer.StartAsync(task.Log, task.Map);

        var run = await ExportAsync(server);
        var verified = await CliRun.OfAsync("verify", Out, "--log-key", TestLog.NoteKey.ToString());

        Assert.Equal((0, 0, string.Empty), (run.ExitCode, verified.ExitCode, verified.Stderr));
        Assert.Equal(3, verified.Stdout.Split("ok     ").Length - 1);
        Assert.All(Enumerable.Range(1, 3), number => Assert.Contains($" of owner {number}, entry ", verified.Stdout, StringComparison.Ordinal));
        Assert.EndsWith("3 of 3 valid\nVALID\n", verified.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("genesis.cose")]
    [InlineData("certificate.cose")]
    [InlineData("enrolment-2.cose")]
    [InlineData("proof-2.cose")]
    [InlineData("invocation.cbor")]
    [InlineData("output.cbor")]
    [InlineData("stdout")]
    public async Task Verify_OneByteOfAnyFile_IsNotValid(string name)
    {
        var task = new LoggedTask(voters: 2, certified: true);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        await ExportAsync(server);
        var bytes = File.ReadAllBytes(Path.Combine(Out, name));
        bytes[^4] ^= 1;
        File.WriteAllBytes(Path.Combine(Out, name), bytes);

        var verified = await CliRun.OfAsync("verify", Out, "--json");

        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("\"valid\": false", verified.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_GrowingLog_IsOfOneState()
    {
        var task = new LoggedTask(voters: 2, certified: true);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        var requests = 0;
        server.Before = context =>
        {
            lock (task)
            {
                if (context.Request.Path.StartsWithSegments("/api/v1/proofs") && ++requests <= 20)
                {
                    task.Log.Add(new OrchestratorPayload.Enrolment(TestLog.Key.PublicKey, "another", $"node {requests}"));
                }
            }

            return false;
        };

        var run = await ExportAsync(server);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal(0, (await CliRun.OfAsync("verify", Out)).ExitCode);
    }

    [Fact]
    public async Task Export_LogThatNeverRests_GivesUp()
    {
        var task = new LoggedTask(voters: 1, certified: false);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        var requests = 0;
        server.Before = context =>
        {
            if (context.Request.Path == "/api/v1/log/checkpoint")
            {
                task.Log.Add(new OrchestratorPayload.Enrolment(TestLog.Key.PublicKey, "another", $"node {++requests}"));
            }

            return false;
        };

        var run = await ExportAsync(server);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("grows faster", run.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public async Task Export_ProofId_ExportsItsTask()
    {
        var task = new LoggedTask(voters: 1, certified: false);
        var view = new Client.Proofs.ProofView
        {
            Id = task.Proofs[0].ToString(),
            Kind = "execution",
            Task = LoggedTask.Id.ToString(),
            IssuedAt = DateTimeOffset.UnixEpoch,
            Counter = "1",
            PublicKey = "key",
            Statement = "0g==",
        };
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        server.Before = context =>
        {
            if (context.Request.Headers.Accept != Client.MediaTypes.Json || !context.Request.Path.StartsWithSegments("/api/v1/proofs"))
            {
                return false;
            }

            Microsoft.AspNetCore.Http.Results.Json(view, Client.VcpJson.Default.ProofView).ExecuteAsync(context).GetAwaiter().GetResult();
            return true;
        };

        Assert.Equal(0, (await CliRun.OfAsync("export", view.Id, "--server", server.Address, "--out", Out)).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync("verify", Out)).ExitCode);
    }

    [Fact]
    public async Task Export_FailedTask_TakesTheDivergence()
    {
        var task = new LoggedTask(voters: 1, certified: false);
        task.Log.Add(new OrchestratorPayload.Divergence(
            LoggedTask.Id,
            ContentHash.Sha256,
            [new OrchestratorPayload.Claim(TestLog.Key.PublicKey.Id, "owner", null, Outcome.Completed, 0, Digest.Of([]), 1, Digest.Of([]))],
            null));
        task.View = task.View with { State = TaskStates.Failed, Result = null, Proofs = [] };
        await using var server = await LogServer.StartAsync(task.Log, task.Map);

        var run = await ExportAsync(server);
        var verified = await CliRun.OfAsync("verify", Out);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal((0, string.Empty), (verified.ExitCode, verified.Stderr));
        Assert.Contains($"1 runs of task {LoggedTask.Id} disagreed.", verified.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskStates.Running, "before it is decided")]
    [InlineData(TaskStates.Cancelled, "nobody signed anything")]
    public async Task Export_NothingToShow_SaysSo(string state, string why)
    {
        var task = new LoggedTask(voters: 1, certified: false);
        task.View = task.View with { State = state, Result = null, Proofs = [] };
        await using var server = await LogServer.StartAsync(task.Log, task.Map);

        var run = await ExportAsync(server);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(why, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WhereSomethingIs_OverwritesNothing()
    {
        var task = new LoggedTask(voters: 1, certified: false);
        await using var server = await LogServer.StartAsync(task.Log, task.Map);
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine"), "mine");

        Assert.Equal(125, (await ExportAsync(server)).ExitCode);
        File.Delete(Path.Combine(Out, "mine"));
        Assert.Equal(0, (await ExportAsync(server)).ExitCode);
        Assert.Equal(125, (await ExportAsync(server)).ExitCode);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(Path.GetDirectoryName(Out)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("sha256:00")]
    public async Task Export_NoId_Exits125(string id) => Assert.Equal(125, (await CliRun.OfAsync("export", id, "--out", Out)).ExitCode);

    [Fact]
    public async Task Verify_DirectoryThatIsNone_Exits125()
    {
        Directory.CreateDirectory(Out);

        Assert.Equal(125, (await CliRun.OfAsync("verify", Out)).ExitCode);
    }

    public void Dispose() => _directory.Dispose();

    private string Out => _directory.Path("out");

    private Task<CliRun> ExportAsync(LogServer server) => CliRun.OfAsync("export", LoggedTask.Id.ToString(), "--server", server.Address, "--out", Out);
}
