using System.Diagnostics;
using Ailee.Vcp.Cli.Files;

namespace Ailee.Vcp.Cli.Tests.Backup;

/// <summary>Places and files that somebody else may have prepared.</summary>
public sealed class BackupPlaceTests : IAsyncLifetime
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = OwnerOnly
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TempDirectory _directory = new();

    private string Data => _directory.Path("data");

    private string Target => _directory.Path("backup");

    private string Partial => Target + ".partial";

    private string Restored => _directory.Path("restored");

    public async ValueTask InitializeAsync()
    {
        await using var server = await KeptServer.StartAsync(Data);
        await server.RunAsync(1);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("precious.txt")]
    [InlineData("witness.key")]
    public async Task Backup_PartialWithOtherFiles_RefusedAndUntouched(string name)
    {
        Make(Partial, Everybody);
        await File.WriteAllTextAsync(Path.Combine(Partial, "vcp.db"), "half");
        await File.WriteAllTextAsync(Path.Combine(Partial, name), "mine");

        var run = await BackUpAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains($"holds {name}", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(("half", "mine"), (File.ReadAllText(Path.Combine(Partial, "vcp.db")), File.ReadAllText(Path.Combine(Partial, name))));
        Assert.Equal(2, Directory.GetFileSystemEntries(Partial).Length);
        AssertMode(Everybody, Partial);
        Assert.False(Path.Exists(Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backup_PartialIsALink_RefusedAndWhatItLeadsToUntouched(bool isThere)
    {
        var victim = _directory.Path("victim");
        if (isThere)
        {
            Make(victim, Everybody);
            await File.WriteAllTextAsync(Path.Combine(victim, "vcp.db"), "mine");
        }

        Directory.CreateSymbolicLink(Partial, victim);

        var run = await BackUpAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("is a link", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(victim, new FileInfo(Partial).LinkTarget);
        Assert.Equal(isThere ? ["mine"] : [], isThere ? Directory.GetFiles(victim).Select(File.ReadAllText) : Directory.GetFiles(_directory.Path("."), "victim"));
    }

    [Fact]
    public async Task Backup_PartialHoldsALinkOfAKnownName_Refused()
    {
        Directory.CreateDirectory(Partial);
        File.CreateSymbolicLink(Path.Combine(Partial, "lock"), _directory.Path("elsewhere"));

        var run = await BackUpAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("holds lock", run.Stderr, StringComparison.Ordinal);
        Assert.False(Path.Exists(_directory.Path("elsewhere")));
    }

    [Fact]
    public async Task Backup_PartialThatWasInterruptedAndIsOpen_ItsOwnersOnly()
    {
        Make(Partial, Everybody);
        foreach (var name in (string[])["lock", "vcp.db", "vcp.db-journal", "vcp.db-wal", "vcp.db-shm", "log.key", "manifest.json"])
        {
            await File.WriteAllTextAsync(Path.Combine(Partial, name), "half");
        }

        var run = await BackUpAsync();

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        AssertMode(OwnerOnly, Target);
        Assert.False(Path.Exists(Path.Combine(Target, "vcp.db-journal")));
    }

    [Fact]
    public async Task IsOwnDirectory_OfAnotherUser_False()
    {
        Assert.True(FileType.IsOwnDirectory(Data));
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Who owns the root directory can give directories away.
        if (FileType.IsOwnDirectory("/"))
        {
            await RunAsync("chown", "12345", Data);
            Assert.False(FileType.IsOwnDirectory(Data));
        }
    }

    [Fact]
    public async Task Restore_IntoAnEmptyDirectoryThatIsOpen_ItsOwnersOnly()
    {
        await BackUpAsync();
        Make(Restored, Everybody);

        Assert.Equal(0, (await RestoreAsync()).ExitCode);

        AssertMode(OwnerOnly, Restored);
    }

    [Theory]
    [InlineData("node.key")]
    [InlineData("orchestrator.key")]
    [InlineData("vcp.db")]
    public async Task Backup_OfALink_Refused(string name)
    {
        var elsewhere = _directory.Path("elsewhere");
        File.Move(Path.Combine(Data, name), elsewhere);
        File.CreateSymbolicLink(Path.Combine(Data, name), elsewhere);

        var run = await BackUpAsync();

        AssertIrregular(run, name);
        Assert.False(Path.Exists(Partial));
    }

    [Theory]
    [InlineData("node.key")]
    [InlineData("vcp.db")]
    [InlineData("manifest.json")]
    public async Task Restore_OfALinkOrPipe_RefusedAndNothingIsThere(string name)
    {
        await BackUpAsync();
        var path = Path.Combine(Target, name);
        var elsewhere = _directory.Path("elsewhere");
        File.Move(path, elsewhere);
        File.CreateSymbolicLink(path, elsewhere);
        AssertIrregular(await RestoreAsync(), name);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
            await RunAsync("mkfifo", path);
            AssertIrregular(await RestoreAsync(), name);
        }

        Assert.Empty(Directory.Exists(Restored) ? Directory.GetFileSystemEntries(Restored) : []);
    }

    [Fact]
    public async Task Restore_FileLongerThanTheManifestSays_RefusedBeforeItIsCopied()
    {
        await BackUpAsync();
        using (var file = new FileStream(Path.Combine(Target, "node.key"), FileMode.Append))
        {
            // Sparse, and more than there is room for.
            file.SetLength(1L << 42);
        }

        var run = await RestoreAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("damaged: node.key is not what the manifest says", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("long", "is longer than 1048576 bytes")]
    [InlineData("""{"version":1}""", "cannot be read")]
    [InlineData("""{"version":1,"takenAt":"2030-01-02T03:04:05Z","databaseVersion":1,"logOrigin":null,"logSize":1,"logRoot":"x","files":[]}""", "cannot be read")]
    [InlineData("""{"version":1,"takenAt":"2030-01-02T03:04:05Z","databaseVersion":1,"logOrigin":"x","logSize":1,"logRoot":"x","files":[null]}""", "names files that no backup has")]
    public async Task Restore_ManifestOfAnotherShape_Refused(string manifest, string expected)
    {
        await BackUpAsync();
        await File.WriteAllTextAsync(Path.Combine(Target, "manifest.json"), manifest == "long" ? new string(' ', (1 << 20) + 1) : manifest);

        var run = await RestoreAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
    }

    private static void Make(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static void AssertMode(UnixFileMode expected, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(expected, File.GetUnixFileMode(path));
        }
    }

    private static void AssertIrregular(CliRun run, string name)
    {
        Assert.Equal(125, run.ExitCode);
        Assert.Contains($"{name} is a link, pipe, device or directory", run.Stderr, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private Task<CliRun> BackUpAsync() => CliRun.OfAsync("backup", "--data", Data, "--to", Target);

    private Task<CliRun> RestoreAsync() => CliRun.OfAsync("restore", "--from", Target, "--data", Restored);
}
