using System.Security.Cryptography;
using System.Text.Json;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Backup;

public sealed class BackupCommandTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private KeptServer? _server;

    private string Data => _directory.Path("data");

    private string Target => _directory.Path("backup");

    public async ValueTask InitializeAsync()
    {
        _server = await KeptServer.StartAsync(Data);
        await _server.RunAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Backup_WhileTheServerRuns_SoundWholeAndForItsOwnerOnly()
    {
        var run = await BackUpAsync();

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.EndsWith("\nSOUND\n", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(["checkpoint", "log.key", "manifest.json", "node.counter", "node.key", "orchestrator.key", "vcp.db"], Names(Target));
        Assert.False(Path.Exists(Target + ".partial"));
        AssertOwnerOnly();
        AssertManifest();
        Assert.Equal((0, 0), ((await CliRun.OfAsync("log", "fsck", Target)).ExitCode, (await CliRun.OfAsync("ledger", "check", "--data", Target)).ExitCode));
    }

    [Fact]
    public async Task Backup_OfAStoppedServer_Sound()
    {
        await _server!.DisposeAsync();

        Assert.Equal(0, (await BackUpAsync()).ExitCode);
    }

    [Fact]
    public async Task Backup_WhileChangesAreMade_IsOfOneInstantAndNoneWaits()
    {
        var database = _server!.Services.GetRequiredService<IDatabase>();
        await database.WriteAsync(transaction => transaction.Execute("CREATE TABLE pairs (a INTEGER, b INTEGER)"));
        using var end = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0L; ; i++)
            {
                await database.WriteAsync(transaction =>
                    transaction.Execute("INSERT INTO pairs VALUES ($i, -1)", ("$i", i)) + transaction.Execute("UPDATE pairs SET b = $i WHERE a = $i", ("$i", i)));
                if (end.IsCancellationRequested)
                {
                    return i;
                }
            }
        });

        var run = await BackUpAsync();
        await end.CancelAsync();

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        using var copy = new SqliteSession(Path.Combine(Target, "vcp.db"));
        var (rows, last, torn) = copy.QueryFirst("SELECT COUNT(*), COALESCE(MAX(a), -1), COUNT(*) FILTER (WHERE a <> b) FROM pairs", row => (row.Int64(0), row.Int64(1), row.Int64(2)));
        Assert.Equal((last + 1, 0L), (rows, torn));
        Assert.InRange(await writing, last, long.MaxValue);
    }

    [Theory]
    [InlineData("UPDATE ledger_balances SET amount = 1; INSERT INTO ledger_balances VALUES ('treasury', 1)", "ledger: ")]
    [InlineData("UPDATE log_entries SET digest = zeroblob(32) WHERE idx = 2", "log: ")]
    public async Task Backup_OfDamagedData_SaysWhatAndLeavesNothing(string damage, string expected)
    {
        await _server!.Services.GetRequiredService<IDatabase>().WriteAsync(transaction => transaction.Execute(damage));

        var run = await BackUpAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(["data"], Names(_directory.Path(".")));
    }

    [Fact]
    public async Task Backup_OfOtherKeys_Refused()
    {
        await File.WriteAllBytesAsync(Path.Combine(Data, "log.key"), RandomNumberGenerator.GetBytes(32));

        var run = await BackUpAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("log.key is not the log's key", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(["data"], Names(_directory.Path(".")));
    }

    [Fact]
    public async Task Backup_WithTheLogsKeyElsewhere_SaysSo()
    {
        File.Delete(Path.Combine(Data, "log.key"));

        var run = await BackUpAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("it is not in the backup", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_AfterOneThatWasInterrupted_IsWhole()
    {
        Directory.CreateDirectory(Target + ".partial");
        await File.WriteAllTextAsync(Path.Combine(Target + ".partial", "vcp.db"), "half");
        var unfinished = await CliRun.OfAsync("restore", "--from", Target + ".partial", "--data", _directory.Path("restored"));

        var run = await BackUpAsync();

        Assert.Equal((125, 0), (unfinished.ExitCode, run.ExitCode));
        Assert.Contains("is no backup", unfinished.Stderr, StringComparison.Ordinal);
        Assert.Equal(["backup", "data"], Names(_directory.Path(".")));
    }

    [Fact]
    public async Task Backup_OfTheSameNameTwice_TheFirstStays()
    {
        await BackUpAsync();
        var first = await File.ReadAllBytesAsync(Path.Combine(Target, "manifest.json"));

        var second = await BackUpAsync();

        Assert.Equal(125, second.ExitCode);
        Assert.Contains("never overwritten", second.Stderr, StringComparison.Ordinal);
        Assert.Equal(first, await File.ReadAllBytesAsync(Path.Combine(Target, "manifest.json")));
    }

    [Fact]
    public async Task Backup_OfNothing_SaysSo()
    {
        var run = await CliRun.OfAsync("backup", "--data", _directory.Path("nothing"), "--to", Target);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("is no data directory", run.Stderr, StringComparison.Ordinal);
    }

    private static string?[] Names(string directory) => [.. Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private void AssertOwnerOnly()
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(Mine | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
            foreach (var file in Directory.GetFiles(Target))
            {
                Assert.Equal(Mine, File.GetUnixFileMode(file));
            }
        }
    }

    private void AssertManifest()
    {
        var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Target, "manifest.json"))).RootElement;
        var checkpoint = Checkpoint.TryParse(SignedNote.TryParse(File.ReadAllBytes(Path.Combine(Target, "checkpoint")))!.Text)!;
        Assert.Equal((1, checkpoint.Origin, checkpoint.Size, checkpoint.Root.ToString()),
            (manifest.GetProperty("version").GetInt32(), manifest.GetProperty("logOrigin").GetString()!, manifest.GetProperty("logSize").GetInt64(), manifest.GetProperty("logRoot").GetString()!));
        Assert.Equal(
            Names(Target).Where(name => name != "manifest.json"),
            manifest.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(manifest.GetProperty("files").EnumerateArray(), file =>
        {
            var bytes = File.ReadAllBytes(Path.Combine(Target, file.GetProperty("name").GetString()!));
            Assert.Equal((bytes.Length, Digest.Of(bytes).ToString()), (file.GetProperty("sizeBytes").GetInt64(), file.GetProperty("sha256").GetString()!));
        });
    }

    private Task<CliRun> BackUpAsync() => CliRun.OfAsync("backup", "--data", Data, "--to", Target);
}
