using System.Text.Json;

namespace Ailee.Vcp.Cli.Tests.Keys;

public sealed class KeysCommandTests
{
    [Fact]
    public async Task Generate_NewFile_MakesKeyThatShowShows()
    {
        using var directory = new TempDirectory();
        var file = directory.Path("node.key");

        var made = await CliRun.OfAsync("keys", "generate", file, "--json");
        var shown = await CliRun.OfAsync("keys", "show", file, "--json");

        Assert.Equal((0, 0), (made.ExitCode, shown.ExitCode));
        Assert.Equal(made.Stdout, shown.Stdout);
        Assert.Equal(32, new FileInfo(file).Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        using var json = JsonDocument.Parse(made.StdoutBytes);
        Assert.Equal(43, json.RootElement.GetProperty("node").GetString()!.Length);
    }

    [Fact]
    public async Task Generate_ExistingFile_RefusesAndKeepsIt()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("node.key", "precious");

        var run = await CliRun.OfAsync("keys", "generate", file);

        Assert.Equal(125, run.ExitCode);
        Assert.Equal("precious", File.ReadAllText(file));
    }

    [Fact]
    public async Task Show_SomethingElse_Refuses()
    {
        using var directory = new TempDirectory();

        var run = await CliRun.OfAsync("keys", "show", directory.Write("x", "not a key"));

        Assert.Equal(125, run.ExitCode);
    }
}
