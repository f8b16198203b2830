using System.Net;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>The guard file shows that a data directory is an older copy.</summary>
public sealed class LogGuardTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _volume = new();

    private string Guard => _volume.File("guard");

    [Fact]
    public async Task Checkpoint_Served_IsInTheGuardBefore()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await server.AppendAsync(3);
            Assert.Equal(await server.Client.GetCheckpointAsync(default), File.ReadAllBytes(Guard));
        }
    }

    [Fact]
    public async Task Start_OnAnOlderBackup_RefusesToSignAForkAndSaysWhatToDo()
    {
        using var backup = new TempDirectory();
        await using (var server = await StartAsync())
        {
            await server.AppendAsync(10);
        }

        _directory.CopyTo(backup);
        byte[] newest;
        await using (var server = await StartAsync())
        {
            await server.AppendAsync(10);
            newest = await server.Client.GetCheckpointAsync(default);
        }

        // Entries that the older copy had not integrated must not become a fork either.
        await using var restored = await RunningServer.StartAsync(Setup with { Directory = backup.Path });

        var log = (await restored.Client.GetStatsAsync(default)).Log!;
        Assert.StartsWith("log-behind: ", log.ReadOnly, StringComparison.Ordinal);
        Assert.Contains("older copy", log.ReadOnly, StringComparison.Ordinal);
        Assert.Contains("Put the newest data directory back", log.ReadOnly, StringComparison.Ordinal);
        Assert.Equal(12, (await restored.CheckpointAsync()).Size);
        await Calls.RefusedAsync(HttpStatusCode.ServiceUnavailable, "log-read-only", async () => await restored.Client.SubmitAsync(await restored.Client.UploadAsync(Guests.Math), "add", 1, 2));
        Assert.Equal(newest, File.ReadAllBytes(Guard));
    }

    [Fact]
    public async Task Start_OnTheNewestDirectory_GoesOn()
    {
        var server = await StartAsync();
        await server.AppendAsync(10);
        server = await server.RestartAsync();

        Assert.Equal(22, await server.AppendAsync(10));
        Assert.Null((await server.Client.GetStatsAsync(default)).Log!.ReadOnly);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Start_GuardOfAnEarlierState_GoesOnAndWritesIt()
    {
        byte[] earlier;
        await using (var server = await StartAsync())
        {
            earlier = File.ReadAllBytes(Guard);
            await server.AppendAsync(10);
        }

        // As a kill between the commit and the guard leaves it.
        File.WriteAllBytes(Guard, earlier);
        await using var restarted = await StartAsync();

        Assert.Null((await restarted.Client.GetStatsAsync(default)).Log!.ReadOnly);
        Assert.Equal(await restarted.Client.GetCheckpointAsync(default), File.ReadAllBytes(Guard));
    }

    [Fact]
    public async Task Start_GuardMissing_Written()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Guard);

        await using var server = await StartAsync();

        Assert.Equal(await server.Client.GetCheckpointAsync(default), File.ReadAllBytes(Guard));
    }

    [Fact]
    public async Task Start_GuardForked_ReadOnly()
    {
        await using (var server = await StartAsync())
        {
            File.WriteAllBytes(Guard, server.Sign(2, Digest.Of("fork"u8)));
        }

        await using var restarted = await StartAsync();

        Assert.StartsWith("log-forked: ", (await restarted.Client.GetStatsAsync(default)).Log!.ReadOnly, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_GuardOfAnotherLogOrNone_Refused()
    {
        using var key = SigningKey.Create();
        var server = await StartAsync();
        var origin = (await server.CheckpointAsync()).Origin;
        await server.DisposeAsync();
        byte[][] contents = [[], [1, 2, 3], new byte[SignedNote.MaxSizeBytes + 1], LogCalls.Sign(origin, key, 2, Digest.Of("root"u8)), LogCalls.Sign("other.example/log", key, 2, Digest.Of("root"u8))];
        foreach (var content in contents)
        {
            File.WriteAllBytes(Guard, content);

            var exception = await Assert.ThrowsAsync<StartupException>(StartAsync);

            Assert.Contains(Guard, exception.Message, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllBytes(Guard));
        }
    }

    [Fact]
    public async Task Start_GuardInTheDataDirectory_Refused()
    {
        var exception = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(Setup with { Configuration = new() { ["Log:GuardPath"] = _directory.File("guard") } }));

        Assert.Contains("data directory", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_GuardCannotBeWritten_Refused()
    {
        // A directory in its place: neither readable nor writable for anybody.
        Directory.CreateDirectory(Guard);

        var exception = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains(Guard, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Log:GuardPath", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guard_CannotBeWrittenWhileRunning_NothingNewIsServedUntilItCan()
    {
        var time = new HeldTime();
        await using var server = await time.StartAsync(time.Setup with { NodeWorks = false, Directory = _directory.Path, Configuration = new(time.Setup.Configuration) { ["Log:GuardPath"] = Guard } });
        var before = await server.CheckpointAsync();
        File.Move(Guard, Guard + ".away");
        Directory.CreateDirectory(Guard);
        await server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("more"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));
        server.Get<LogIntegrator>().Signal();
        await time.AdvanceUntilAsync(() => server.Get<LogIntegrator>().GuardFails);

        Assert.Equal(before, await server.CheckpointAsync());
        await server.Http.GetAsync("health/ready").ProblemAsync("log-guard-unavailable");

        Directory.Delete(Guard);
        File.Move(Guard + ".away", Guard);
        await time.AdvanceUntilAsync(() => !server.Get<LogIntegrator>().GuardFails);

        Assert.Equal(before.Size + 1, (await server.CheckpointAsync()).Size);
        Assert.Equal(await server.Client.GetCheckpointAsync(default), File.ReadAllBytes(Guard));
    }

    [Fact]
    public async Task Guard_WrittenByAnotherWhileItCouldNotBeWritten_IsNotOverwritten()
    {
        var time = new HeldTime();
        await using var server = await time.StartAsync(time.Setup with { NodeWorks = false, Directory = _directory.Path, Configuration = new(time.Setup.Configuration) { ["Log:GuardPath"] = Guard } });
        var before = await server.CheckpointAsync();
        // In the place of the new file, so that the guard can be read but not written: the entry is signed and not served.
        Directory.CreateDirectory(Guard + ".new");
        await server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("mine"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));
        server.Get<LogIntegrator>().Signal();
        await time.AdvanceUntilAsync(() => server.Get<LogIntegrator>().GuardFails);
        var others = server.Sign(before.Size + 5, Digest.Of("theirs"u8));
        File.WriteAllBytes(Guard, others);
        Directory.Delete(Guard + ".new");
        await time.AdvanceUntilAsync(() => server.Get<PublishedLog>().Tree.ReadOnly is not null);

        Assert.Equal(before, await server.CheckpointAsync());
        Assert.Equal(others, File.ReadAllBytes(Guard));
    }

    [Fact]
    public async Task TwoServers_OnOneGuard_TheSecondSignsNothing()
    {
        using var copy = new TempDirectory();
        await (await StartAsync()).DisposeAsync();
        _directory.CopyTo(copy);
        await using var first = await StartAsync();
        await using var second = await RunningServer.StartAsync(Setup with { Directory = copy.Path });
        await first.AppendAsync(5);

        await second.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("mine"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));
        second.Get<LogIntegrator>().Signal();
        await LogCalls.UntilAsync(() => second.Get<PublishedLog>().Tree.ReadOnly is not null);

        Assert.Equal(2, (await second.CheckpointAsync()).Size);
        Assert.StartsWith("log-behind: ", (await second.Client.GetStatsAsync(default)).Log!.ReadOnly, StringComparison.Ordinal);
        Assert.Equal(8, await first.AppendAsync(1));
    }

    public void Dispose()
    {
        _directory.Dispose();
        _volume.Dispose();
    }

    private ServerSetup Setup => new() { NodeWorks = false, Directory = _directory.Path, Configuration = { ["Log:GuardPath"] = Guard } };

    private Task<RunningServer> StartAsync() => LogCalls.StartAsync(Setup);
}
