using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>What a start makes of the log that it finds.</summary>
public sealed class LogStartTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Restart_AgainAndAgain_EachCheckpointContinuesTheLast()
    {
        var server = await StartAsync();
        var seen = new List<byte[]>();
        for (var restart = 0; restart < 4; restart++)
        {
            await server.AppendAsync(100);
            seen.Add(await server.Client.GetCheckpointAsync(default));
            server = await server.RestartAsync();
            foreach (var checkpoint in seen)
            {
                Assert.True((await server.Client.PresentCheckpointAsync(checkpoint, default)).Consistent);
            }

            var now = await server.CheckpointAsync();
            Assert.Equal(MerkleTree.Root(server.Leaves(now.Size)), now.Root);
        }

        Assert.Equal(402, server.Entries().Count);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Start_AppendedButNotIntegrated_IntegratedBeforeAnythingIsServed()
    {
        // As a kill between the decision and the next checkpoint leaves it.
        var time = new HeldTime();
        await using (var server = await time.StartAsync(time.Setup with { NodeWorks = false, Directory = _directory.Path }))
        {
            await server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("late"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));
            Assert.Equal(2, (await server.CheckpointAsync()).Size);
        }

        await using var restarted = await StartAsync();

        Assert.Equal((3, MerkleTree.Root(restarted.Leaves(3))), ((await restarted.CheckpointAsync()).Size, (await restarted.CheckpointAsync()).Root));
    }

    [Fact]
    public async Task Start_OfADatabaseFromBeforeTheLog_LogsWhatWasDecided()
    {
        string[] ids;
        await using (var server = await RunningServer.StartAsync(new ServerSetup { Directory = _directory.Path }))
        {
            var module = await server.Client.UploadAsync(Guests.Math);
            ids = [.. (await Task.WhenAll(Enumerable.Range(0, 3).Select(number => server.Client.RunAsync(module, "add", number, 1)))).Select(task => task.Proofs[0].Id)];
        }

        // As version 6 had it: statements, but no log and no digests to search by.
        using (var session = new SqliteSession(_directory.File("vcp.db")))
        {
            session.Execute("DELETE FROM log_entries; DELETE FROM log_tiles; DELETE FROM log_tree; DELETE FROM orchestrator_statements; UPDATE proofs SET input = NULL, output = NULL");
        }

        await using var restarted = await RunningServer.StartAsync(new ServerSetup { Directory = _directory.Path });

        var found = (await restarted.Client.FindEntriesAsync(new LogEntryQuery(), default)).Items;
        Assert.Equal(["enrolment", "execution", "execution", "execution", "genesis"], found.Select(entry => entry.Kind).Order());
        Assert.Equal((0, 1), (found.Single(entry => entry.Kind == "genesis").Index, found.Single(entry => entry.Kind == "enrolment").Index));
        var key = await restarted.Client.GetLogKeyAsync(default);
        foreach (var id in ids)
        {
            var file = await restarted.Client.GetTransparentStatementAsync(Digest.Parse(id), Calls.LongWait, default);
            var report = StatementVerifier.Verify(file, new Evidence { LogKey = key });
            Assert.True(report.Valid);
            Assert.Contains(id, (await restarted.Client.FindEntriesAsync(new LogEntryQuery { Input = report.Statement!.Payload.Input.ToString() }, default)).Items.Select(entry => entry.Digest));
        }
    }

    [Theory]
    [InlineData("log.key", null)]
    [InlineData("log.key", 0)]
    [InlineData("log.key", 31)]
    [InlineData("log.key", 32)]
    [InlineData("orchestrator.key", null)]
    [InlineData("orchestrator.key", 32)]
    public async Task Start_KeyMissingOrOther_RefusedAndNothingIsMade(string name, int? length)
    {
        await (await StartAsync()).DisposeAsync();
        var whole = File.ReadAllBytes(_directory.File(name));
        File.Delete(_directory.File(name));
        if (length is { } bytes)
        {
            File.WriteAllBytes(_directory.File(name), new byte[bytes]);
        }

        var exception = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Equal(length is not null, File.Exists(_directory.File(name)));
        File.WriteAllBytes(_directory.File(name), whole);
        await (await StartAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Start_OtherOrigin_Refused()
    {
        await (await StartAsync()).DisposeAsync();

        var exception = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(Setup with { Configuration = new() { ["Log:Origin"] = "other.example/log" } }));

        Assert.Contains("Log:Origin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnOriginAndAKeyFileElsewhere_UsesBoth()
    {
        using var elsewhere = new TempDirectory();
        var setup = Setup with { Configuration = new() { ["Log:Origin"] = "vcp.example/log", ["Log:KeyFile"] = elsewhere.File("the.key") } };
        await using var server = await RunningServer.StartAsync(setup);

        Assert.Equal("vcp.example/log", (await server.CheckpointAsync()).Origin);
        Assert.True(File.Exists(elsewhere.File("the.key")));
        Assert.False(File.Exists(_directory.File("log.key")));
        Assert.Equal("vcp.example/log", (await server.Client.GetStatsAsync(default)).Log!.Origin);
    }

    [Theory]
    [InlineData("UPDATE log_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND idx = 1")]
    [InlineData("UPDATE log_tiles SET hashes = substr(hashes, 1, 32) WHERE level = 0 AND idx = 1")]
    [InlineData("UPDATE log_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 1 AND idx = 0")]
    [InlineData("DELETE FROM log_tiles WHERE level = 1 AND idx = 0")]
    [InlineData("UPDATE log_tree SET root = zeroblob(32)")]
    [InlineData("UPDATE log_tree SET size = size - 1")]
    [InlineData("UPDATE log_tree SET note = zeroblob(200)")]
    public async Task Start_DamagedLog_RefusedAndFsckIsNamed(string damage)
    {
        await using (var server = await StartAsync())
        {
            await server.AppendAsync(300);
        }

        using (var session = new SqliteSession(_directory.File("vcp.db")))
        {
            session.Execute(damage);
        }

        var exception = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains("fsck", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_WhileTasksAreDecided_TheLogGoesOnWithoutAFork()
    {
        var setup = new ServerSetup { Directory = _directory.Path };
        var seen = new List<byte[]>();
        for (var kill = 0; kill < 3; kill++)
        {
            await using var process = ServerProcess.Start(setup);
            var client = await process.ConnectAsync();
            foreach (var checkpoint in seen)
            {
                Assert.True((await client.PresentCheckpointAsync(checkpoint, default)).Consistent);
            }

            var module = await client.UploadAsync(Guests.Math);
            var tasks = Enumerable.Range(0, 40).Select(number => client.SubmitTaskAsync(Calls.Function(module, "add", number, kill), null, null, default)).ToList();
            await Task.WhenAll(tasks);
            await client.GetTaskAsync(TaskId.Parse((await tasks[kill * 10]).Id), Calls.LongWait, default);
            seen.Add(await client.GetCheckpointAsync(default));
            await process.KillAsync();
        }

        await using var server = await RunningServer.StartAsync(setup);
        foreach (var checkpoint in seen)
        {
            Assert.True((await server.Client.PresentCheckpointAsync(checkpoint, default)).Consistent);
        }

        var now = await server.CheckpointAsync();
        Assert.Equal(MerkleTree.Root(server.Leaves(now.Size)), now.Root);
        Assert.Equal(server.Entries().Count, server.Entries().Distinct().Count());
    }

    public void Dispose() => _directory.Dispose();

    private ServerSetup Setup => new() { NodeWorks = false, Directory = _directory.Path };

    private Task<RunningServer> StartAsync() => LogCalls.StartAsync(Setup);
}
