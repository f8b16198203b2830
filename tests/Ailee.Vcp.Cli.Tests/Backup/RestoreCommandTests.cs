using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Cli.Tests.Backup;

public sealed class RestoreCommandTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private byte[] _note = [];

    private string Backup => _directory.Path("backup");

    private string Target => _directory.Path("restored");

    public async ValueTask InitializeAsync()
    {
        await using var server = await KeptServer.StartAsync(_directory.Path("data"));
        await server.RunAsync(2);
        _note = await server.NoteAsync();
        Assert.Equal(0, (await CliRun.OfAsync("backup", "--data", _directory.Path("data"), "--to", Backup)).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Restore_IntoAnEmptyDirectory_ItsFilesAndNoMore()
    {
        Directory.CreateDirectory(Target);

        var run = await RestoreAsync();

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal(["log.key", "node.counter", "node.key", "orchestrator.key", "vcp.db"], Names());
        Assert.All(Names().Where(name => name != "vcp.db"), name => Assert.Equal(File.ReadAllBytes(Path.Combine(Backup, name!)), File.ReadAllBytes(Path.Combine(Target, name!))));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(Target))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Theory]
    [InlineData("vcp.db")]
    [InlineData("log.key")]
    [InlineData("node.counter")]
    [InlineData("orchestrator.key")]
    public async Task Restore_DamagedFile_NamedAndNothingIsThere(string name)
    {
        var path = Path.Combine(Backup, name);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var tampered = await RestoreAsync();
        await File.WriteAllBytesAsync(path, bytes[..^1]);
        var cut = await RestoreAsync();
        File.Delete(path);
        var missing = await RestoreAsync();

        Assert.All([tampered, cut, missing], run =>
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains($"damaged: {name} is", run.Stderr, StringComparison.Ordinal);
        });
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData("\"vcp.db\"", "\"../vcp.db\"", "names files that no backup has")]
    [InlineData("\"vcp.db\"", "\"log.key\"", "names a file twice")]
    [InlineData("\"version\":1", "\"version\":2", "is of version 2")]
    [InlineData("\"sha256:", "\"md5:", "no SHA-256")]
    [InlineData("{", "", "cannot be read")]
    public async Task Restore_ManifestThatIsNone_Refused(string part, string instead, string expected)
    {
        var path = Path.Combine(Backup, "manifest.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(part, instead, StringComparison.Ordinal));

        var run = await RestoreAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
        Assert.False(Path.Exists(Target));
    }

    [Fact]
    public async Task Restore_IntoADirectoryThatIsNotEmpty_RefusedAndUntouched()
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "vcp.db"), "mine");

        var run = await RestoreAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("is not empty", run.Stderr, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "vcp.db")));
    }

    [Fact]
    public async Task Restore_IntoTheDirectoryOfARunningServer_Refused()
    {
        await using var server = await KeptServer.StartAsync(Target);

        var run = await RestoreAsync();

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("A server uses", run.Stderr, StringComparison.Ordinal);
        await server.RunAsync(1);
    }

    [Fact]
    public async Task Restore_CheckpointThatIsNotTheBackups_RefusedAndNothingIsThere()
    {
        using var key = SigningKey.FromSeed(await File.ReadAllBytesAsync(Path.Combine(Backup, "log.key")));
        using var stranger = SigningKey.Create();
        var own = Checkpoint.TryParse(SignedNote.TryParse(_note)!.Text)!;
        (byte[] Note, string Expected)[] shown =
        [
            ([], "is none of the log"),
            (Sign(stranger, own), "is none of the log"),
            (Sign(key, own with { Origin = "other.example/log" }), "is none of the log"),
            (Sign(key, own with { Size = own.Size + 1 }), "cannot go on from here"),
            (Sign(key, own with { Size = own.Size - 1 }), "cannot go on from here"),
            (Sign(key, own with { Root = Digest.Of("another"u8) }), "with another root"),
        ];

        foreach (var (note, expected) in shown)
        {
            await File.WriteAllBytesAsync(_directory.Path("seen"), note);
            var run = await RestoreAsync("--checkpoint", _directory.Path("seen"));

            Assert.Equal(125, run.ExitCode);
            Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
            Assert.Empty(Names());
        }

        await File.WriteAllBytesAsync(_directory.Path("seen"), _note);
        Assert.Equal(0, (await RestoreAsync("--checkpoint", _directory.Path("seen"))).ExitCode);
    }

    private static byte[] Sign(SigningKey key, Checkpoint checkpoint)
    {
        var text = checkpoint.ToText();
        return new SignedNote(text, [NoteKey.Sign(checkpoint.Origin, key, text)]).ToBytes();
    }

    private string?[] Names() => [.. Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private Task<CliRun> RestoreAsync(params string[] options) => CliRun.OfAsync(["restore", "--from", Backup, "--data", Target, .. options]);
}
