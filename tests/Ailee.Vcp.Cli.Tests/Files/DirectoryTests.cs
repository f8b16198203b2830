using System.Text.Json;

namespace Ailee.Vcp.Cli.Tests.Files;

/// <summary>Directories in, files out, with and without a server.</summary>
public sealed class DirectoryTests(ServerFixture server) : IClassFixture<ServerFixture>, IDisposable
{
    /// <summary>Copies <c>in.txt</c> of the first directory to <c>copy.txt</c> in it.</summary>
    private const string Copy = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "in.txt")
          (data (i32.const 32) "copy.txt")
          (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
          (func (export "_start")
            (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 6) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 128)))
            (i32.store (i32.const 132) (i32.const 1024))
            (i32.store (i32.const 136) (i32.const 60000))
            (call $check (call $read (i32.load (i32.const 128)) (i32.const 132) (i32.const 1) (i32.const 140)))
            (i32.store (i32.const 136) (i32.load (i32.const 140)))
            (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 8) (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 128)))
            (call $check (call $write (i32.load (i32.const 128)) (i32.const 132) (i32.const 1) (i32.const 144)))))
        """;

    private readonly TempDirectory _directory = new();

    private string Module => _directory.Write("copy.wat", Copy);

    private string App
    {
        get
        {
            Directory.CreateDirectory(_directory.Path("app/lib"));
            _directory.Write("app/in.txt", "hello");
            _directory.Write("app/lib/x", "x");
            return _directory.Path("app");
        }
    }

    [Fact]
    public async Task Submit_Directory_FilesComeHomeAndEverythingVerifies()
    {
        var (proof, output) = (_directory.Path("p.cose"), _directory.Path("out"));

        var run = await CliRun.OfAsync("submit", Module, "--server", server.Address, "--dir", App, "--output", "copy.txt", "--out", output, "--proof", proof, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("hello", File.ReadAllText(Path.Combine(output, "copy.txt")));
        using var json = JsonDocument.Parse(run.StdoutBytes);
        Assert.Equal(_directory.Path("p.bundle.tar"), json.RootElement.GetProperty("bundle").GetString());
        var binary = _directory.Path("copy.wasm");
        await File.WriteAllBytesAsync(binary, Sandbox.WasmSandbox.ConvertText(Copy));
        string[] verify =
        [
            "verify", proof, "--module", binary, "--invocation", _directory.Path("p.invocation.cbor"), "--output", _directory.Path("p.output.cbor"), "--replay",
        ];
        var withTar = await CliRun.OfAsync([.. verify, "--bundle", _directory.Path("p.bundle.tar"), "--files", output]);
        var withDirectory = await CliRun.OfAsync([.. verify, "--bundle", App]);
        var without = await CliRun.OfAsync(verify);
        Assert.True(withTar.ExitCode == 0, withTar.Stdout + withTar.Stderr);
        Assert.Contains("ok     replay", withTar.Stdout, StringComparison.Ordinal);
        Assert.Equal((0, 125), (withDirectory.ExitCode, without.ExitCode));
        Assert.Contains("--bundle", without.Stderr, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(output, "copy.txt"), "HELLO");
        var tampered = await CliRun.OfAsync([.. verify, "--bundle", App, "--files", output]);
        File.Delete(Path.Combine(output, "copy.txt"));
        var missing = await CliRun.OfAsync([.. verify, "--bundle", App, "--files", output]);
        File.WriteAllText(Path.Combine(App, "more"), "");
        var otherBundle = await CliRun.OfAsync([.. verify, "--bundle", App]);
        Assert.Equal((1, 1, 1), (tampered.ExitCode, missing.ExitCode, otherBundle.ExitCode));
        Assert.Contains("FAILED output", tampered.Stdout, StringComparison.Ordinal);
        Assert.Contains("FAILED input", otherBundle.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DirectoryAsRootOrElsewhere_GuestSeesASnapshot()
    {
        var app = App;
        var (first, second) = (_directory.Path("first"), _directory.Path("second"));

        var root = await CliRun.OfAsync("run", Module, "--dir", $"{app}::/", "--out", first, "--json");
        var below = await CliRun.OfAsync("run", Module, "--dir", $"{app}::/data/in", "--output", "data/**/copy.*", "--out", second);
        var asWritten = await CliRun.OfAsync("run", Module, "--dir", app);

        Assert.True((root.ExitCode, below.ExitCode, asWritten.ExitCode) == (0, 0, 0), root.Stderr + below.Stderr + asWritten.Stderr);
        Assert.Equal("hello", File.ReadAllText(Path.Combine(first, "copy.txt")));
        Assert.Equal("hello", File.ReadAllText(Path.Combine(second, "data", "in", "copy.txt")));
        Assert.Equal(["in.txt", "lib"], Directory.EnumerateFileSystemEntries(app).Select(Path.GetFileName).Order());
        using var json = JsonDocument.Parse(root.StdoutBytes);
        Assert.Equal("copy.txt", json.RootElement.GetProperty("files")[0].GetProperty("path").GetString());
        Assert.StartsWith("sha256:", json.RootElement.GetProperty("bundle").GetString(), StringComparison.Ordinal);
    }

    // Times, modes and the order of making are nothing.
    [Fact]
    public async Task Run_SameTreeElsewhere_SameDigest()
    {
        var other = _directory.Path("other");
        Directory.CreateDirectory(Path.Combine(other, "lib"));
        File.WriteAllText(Path.Combine(other, "lib", "x"), "x");
        File.WriteAllText(Path.Combine(other, "in.txt"), "hello");
        File.SetLastWriteTimeUtc(Path.Combine(other, "in.txt"), DateTime.UnixEpoch);

        Assert.Equal(await DigestAsync(App), await DigestAsync(other));
    }

    [Theory]
    [InlineData("../outside", "leads out of the directory")]
    [InlineData("/etc/passwd", "leads out of the directory")]
    [InlineData("lib/../../outside", "leads out of the directory")]
    public async Task Run_LinkOutside_RefusedInWords(string target, string message)
    {
        File.CreateSymbolicLink(Path.Combine(App, "link"), target);

        var run = await CliRun.OfAsync("run", Module, "--dir", $"{App}::/");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(message, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LinkInside_IsFollowedByTheGuest()
    {
        File.Move(Path.Combine(App, "in.txt"), _directory.Path("app/lib/real"));
        File.CreateSymbolicLink(_directory.Path("app/in.txt"), "lib/real");

        var run = await CliRun.OfAsync("run", Module, "--dir", $"{_directory.Path("app")}::.", "--out", _directory.Path("out"));

        Assert.True(run.ExitCode == 0, run.Stderr);
        Assert.Equal("hello", File.ReadAllText(_directory.Path("out/copy.txt")));
    }

    [Fact]
    public async Task Run_PipeInTheDirectory_RefusedAndNotRead()
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(App, "pipe"));
        await mkfifo.WaitForExitAsync();

        var run = await CliRun.OfAsync("run", Module, "--dir", $"{App}::/");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("pipe", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none::/", "no directory")]
    [InlineData("app::../x", "no place")]
    [InlineData("app::", "no place")]
    [InlineData("..", "no place")]
    public async Task Run_BadMapping_RefusedInWords(string mapping, string message)
    {
        _ = App;
        var run = await CliRun.OfAsync("run", Module, "--dir", mapping == ".." ? mapping : _directory.Path(mapping));

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(message, run.Stderr, StringComparison.Ordinal);
    }

    // A link that lies in the way must not lead what is written elsewhere.
    [Fact]
    public async Task Out_LinksInTheWay_AreNotFollowed()
    {
        var (output, outside) = (_directory.Path("out"), _directory.Path("outside"));
        Directory.CreateDirectory(output);
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "victim"), "kept");
        File.CreateSymbolicLink(Path.Combine(output, "data"), outside);
        File.CreateSymbolicLink(Path.Combine(output, "copy.txt"), Path.Combine(outside, "victim"));

        var through = await CliRun.OfAsync("run", Module, "--dir", $"{App}::/data", "--out", output);
        var replaced = await CliRun.OfAsync("run", Module, "--dir", $"{App}::/", "--out", output);

        Assert.Equal((125, 0), (through.ExitCode, replaced.ExitCode));
        Assert.Contains("symbolic link", through.Stderr, StringComparison.Ordinal);
        Assert.Equal(("kept", "hello"), (File.ReadAllText(Path.Combine(outside, "victim")), File.ReadAllText(Path.Combine(output, "copy.txt"))));
        Assert.Null(new FileInfo(Path.Combine(output, "copy.txt")).LinkTarget);
        Assert.Single(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a//b")]
    public async Task Run_BadOutput_Refused(string pattern)
    {
        var run = await CliRun.OfAsync("run", Module, "--output", pattern);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("outputs-invalid", run.Stderr, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string?> DigestAsync(string directory)
    {
        var run = await CliRun.OfAsync("run", Module, "--dir", $"{directory}::/", "--json");
        using var json = JsonDocument.Parse(run.StdoutBytes);
        return json.RootElement.GetProperty("bundle").GetString();
    }
}
