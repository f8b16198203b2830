using System.Globalization;
using Ailee.Vcp.Cli.Backup;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Backup;

/// <summary>A server that starts on an older backup, beside the one that went on: neither contradicts the other.</summary>
public sealed class RestoredServerTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private KeptServer? _original;

    private KeptServer Original => _original!;

    public async ValueTask InitializeAsync()
    {
        _original = await KeptServer.StartAsync(_directory.Path("data"));
        await Original.RunAsync(3);
    }

    public async ValueTask DisposeAsync()
    {
        await Original.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Restored_BesideTheOriginalThatGoesOn_NoForkAndNoCounterTwice()
    {
        await BackUpAsync("backup");
        await RestoreAsync("backup", "restored");
        await using var restored = await KeptServer.StartAsync(_directory.Path("restored"));

        await Task.WhenAll(Original.RunAsync(5), restored.RunAsync(5));

        AssertNoFork([.. Original.Checkpoints, .. restored.Checkpoints]);
        AssertNoCounterTwice(Original, restored);
        // Otherwise nothing was tried.
        Assert.Equal(Original.Checkpoints[^1].Size, restored.Checkpoints[^1].Size - 1);
        Assert.NotEqual(Original.Checkpoints[^1].Origin, restored.Checkpoints[^1].Origin);
    }

    [Fact]
    public async Task Restored_OneBackupTwice_NoForkAndNoCounterTwice()
    {
        await BackUpAsync("backup");
        await RestoreAsync("backup", "first");
        await RestoreAsync("backup", "second");
        await using var first = await KeptServer.StartAsync(_directory.Path("first"));
        await using var second = await KeptServer.StartAsync(_directory.Path("second"));

        await Task.WhenAll(first.RunAsync(3), second.RunAsync(3));

        AssertNoFork([.. first.Checkpoints, .. second.Checkpoints]);
        AssertNoCounterTwice(first, second);
    }

    [Fact]
    public async Task Restored_CopiedByHandInsteadOfByTheCommand_TheSame()
    {
        await BackUpAsync("backup");
        Directory.CreateDirectory(_directory.Path("copied"));
        foreach (var file in Directory.GetFiles(_directory.Path("backup")))
        {
            File.Copy(file, Path.Combine(_directory.Path("copied"), Path.GetFileName(file)));
        }

        await using var restored = await KeptServer.StartAsync(_directory.Path("copied"));
        await Task.WhenAll(Original.RunAsync(2), restored.RunAsync(2));

        AssertNoFork([.. Original.Checkpoints, .. restored.Checkpoints]);
        AssertNoCounterTwice(Original, restored);
    }

    [Fact]
    public async Task Restored_WithTheLastCheckpoint_TheLogGoesOnAndNoCounterIsUsedTwice()
    {
        await BackUpAsync("backup");
        var seen = await Original.NoteAsync();
        await File.WriteAllBytesAsync(_directory.Path("seen"), seen);
        var used = Original.Counters();
        await Original.DisposeAsync();
        await RestoreAsync("backup", "restored", "--checkpoint", _directory.Path("seen"));

        await using var restored = await KeptServer.StartAsync(_directory.Path("restored"));
        await restored.RunAsync(3);

        AssertNoFork([.. Original.Checkpoints, .. restored.Checkpoints]);
        Assert.True((await restored.Client.PresentCheckpointAsync(seen, default)).Consistent);
        Assert.Equal(Original.Checkpoints[^1].Origin, restored.Checkpoints[^1].Origin);
        // The original may have signed and published nothing, so what it used is passed over too.
        var later = restored.Counters().Except(used).ToList();
        Assert.Equal(3, later.Count);
        Assert.All(later, statement => Assert.True(statement.Counter >= 1UL << 48));
    }

    [Fact]
    public async Task Restored_StartedAgain_GoesOnWithItsLogAndItsCounters()
    {
        await BackUpAsync("backup");
        await RestoreAsync("backup", "restored");
        var first = await KeptServer.StartAsync(_directory.Path("restored"));
        await first.RunAsync(2);
        await first.DisposeAsync();
        await using var second = await KeptServer.StartAsync(_directory.Path("restored"));

        await second.RunAsync(2);

        AssertNoFork([.. first.Checkpoints, .. second.Checkpoints]);
        Assert.Equal(first.Checkpoints[^1].Origin, second.Checkpoints[^1].Origin);
        Assert.Equal(second.Counters().Count, second.Counters().DistinctBy(statement => (statement.Key, statement.Counter)).Count());
        Assert.Equal((0, 0), ((await CliRun.OfAsync("log", "fsck", _directory.Path("restored"))).ExitCode, (await CliRun.OfAsync("ledger", "check", "--data", _directory.Path("restored"))).ExitCode));
    }

    [Fact]
    public async Task Restored_WithTheLogOrWithout_OnceInTheAuditTrail()
    {
        await BackUpAsync("backup");
        await File.WriteAllBytesAsync(_directory.Path("seen"), await Original.NoteAsync());
        await RestoreAsync("backup", "another");
        await RestoreAsync("backup", "same", "--checkpoint", _directory.Path("seen"));
        var origin = Original.Checkpoints[^1].Origin;

        await (await KeptServer.StartAsync(_directory.Path("another"))).DisposeAsync();
        await using var another = await KeptServer.StartAsync(_directory.Path("another"));
        await using var same = await KeptServer.StartAsync(_directory.Path("same"));

        var followed = Assert.Single((await another.Client.ListAuditAsync("server.restored", null, null, null, default)).Items);
        Assert.StartsWith($"the log {origin} ends here; ", followed.Detail, StringComparison.Ordinal);
        Assert.Equal("server", followed.Actor);
        var kept = Assert.Single((await same.Client.ListAuditAsync("server.restored", null, null, null, default)).Items);
        Assert.Equal($"the log {origin} goes on", kept.Detail);
        var taken = BackupManifest.Read(_directory.Path("backup")).TakenAt;
        Assert.Equal(taken.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), kept.Subject);
    }

    [Fact]
    public async Task Restored_OldProofs_HoldUnderTheOldKeyAndUnderTheNew()
    {
        var task = (await Original.RunAsync(1))[0];
        var oldKey = await Original.Client.GetLogKeyAsync(default);
        var taken = await Original.ProofAsync(task.Proofs[0].Id);
        await BackUpAsync("backup");
        await RestoreAsync("backup", "restored");
        await using var restored = await KeptServer.StartAsync(_directory.Path("restored"));
        var newKey = await restored.Client.GetLogKeyAsync(default);

        var again = await restored.ProofAsync(task.Proofs[0].Id);
        var exported = await CliRun.OfAsync("export", task.Id, "--server", restored.Address, "--out", _directory.Path("export"));
        var verified = await CliRun.OfAsync("verify", _directory.Path("export"));

        Assert.True(StatementVerifier.Verify(taken, new Evidence { LogKey = oldKey }).Valid);
        Assert.True(StatementVerifier.Verify(again, new Evidence { LogKey = newKey }).Valid);
        Assert.False(StatementVerifier.Verify(again, new Evidence { LogKey = oldKey }).Valid);
        Assert.Equal((0, string.Empty), (exported.ExitCode, exported.Stderr));
        Assert.True(verified.ExitCode == 0, verified.Stdout + verified.Stderr);
        Assert.Contains("ok     genesis", verified.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restored_Genesis_SaysAfterWhatAndTheEntriesAreThose()
    {
        await BackUpAsync("backup");
        var before = Services(Original).Read(transaction => LogStore.Entries(transaction, 0, long.MaxValue)).ConvertAll(entry => entry.Statement);
        var last = Checkpoint.TryParse(SignedNote.TryParse(await Original.NoteAsync())!.Text)!;
        await RestoreAsync("backup", "restored");
        await using var restored = await KeptServer.StartAsync(_directory.Path("restored"));

        var entries = Services(restored).Read(transaction => LogStore.Entries(transaction, 0, long.MaxValue)).ConvertAll(entry => entry.Statement);
        var genesis = Assert.IsType<OrchestratorPayload.Genesis>(Services(restored).Read(LogStore.FindGenesis)!.Payload);

        Assert.Equal($"vcp-log-policy-v1 after {last.Size} {last.Root}", genesis.Policy);
        Assert.Equal(before, entries.Skip(1));
        Assert.Equal((await restored.Client.GetLogKeyAsync(default)).Key, genesis.LogKey);
    }

    [Theory]
    [InlineData("--Log:KeyFile")]
    [InlineData("--Log:Origin")]
    public async Task Restored_ConfiguredKeyOrNameOfTheLogBefore_Refused(string option)
    {
        var oldKey = await Original.Client.GetLogKeyAsync(default);
        await BackUpAsync("backup");
        await RestoreAsync("backup", "restored");
        File.Copy(Path.Combine(_directory.Path("backup"), "log.key"), _directory.Path("outside.key"));

        var refused = await Assert.ThrowsAsync<StartupException>(() => KeptServer.StartAsync(_directory.Path("restored"), option, option == "--Log:KeyFile" ? _directory.Path("outside.key") : oldKey.Name));

        Assert.Contains(option[2..], refused.Message, StringComparison.Ordinal);
        await using var server = await KeptServer.StartAsync(_directory.Path("restored"), option, option == "--Log:KeyFile" ? _directory.Path("new.key") : "other.example/log");
        Assert.NotEqual(oldKey, await server.Client.GetLogKeyAsync(default));
    }

    private static IDatabase Services(KeptServer server) => server.Services.GetRequiredService<IDatabase>();

    // Of one log each size has one root.
    private static void AssertNoFork(List<Checkpoint> checkpoints) =>
        Assert.All(checkpoints.GroupBy(checkpoint => (checkpoint.Origin, checkpoint.Size)), same => Assert.Single(same.DistinctBy(checkpoint => checkpoint.Root)));

    // What both have is from before the backup, and the same statement.
    private static void AssertNoCounterTwice(KeptServer one, KeptServer other)
    {
        var all = one.Counters().Union(other.Counters()).ToList();
        Assert.All(all.GroupBy(statement => (statement.Key, statement.Counter)), same => Assert.Single(same));
        Assert.NotEmpty(one.Counters().Except(other.Counters()));
        Assert.NotEmpty(other.Counters().Except(one.Counters()));
    }

    private async Task BackUpAsync(string name)
    {
        var run = await CliRun.OfAsync("backup", "--data", _directory.Path("data"), "--to", _directory.Path(name));
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
    }

    private async Task RestoreAsync(string backup, string data, params string[] options)
    {
        var run = await CliRun.OfAsync(["restore", "--from", _directory.Path(backup), "--data", _directory.Path(data), .. options]);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
    }
}
