using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Cli.Tests.Node;

public sealed class NodeCommandTests : IDisposable
{
    private readonly TempDirectory _temporary = new();

    private string Place => _temporary.Path("node");

    [Theory]
    [InlineData("run")]
    [InlineData("status")]
    public async Task RunAndStatus_WithoutANode_SayHowToMakeOne(string command)
    {
        var run = await CliRun.OfAsync("node", command, "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("vcp node join", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_WithoutAToken_SaysWhereItIsFrom()
    {
        var run = await CliRun.OfAsync("node", "join", "http://127.0.0.1:1", "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("VCP_NODE_TOKEN", run.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Place));
    }

    [Theory]
    [InlineData("--slots", "257", "--slots must be")]
    [InlineData("--memory", "1", "--memory must be")]
    [InlineData("--price", "-1", "--price must be")]
    [InlineData("--carbon", "10001", "--carbon must be")]
    [InlineData("--label", "novalue", "NAME=VALUE")]
    [InlineData("--name", "", "--name must have")]
    public async Task Join_OptionOutOfRange_IsNamed(string option, string value, string expected)
    {
        var run = await CliRun.OfAsync("node", "join", "http://127.0.0.1:1", "--token", "t", "--directory", Place, option, value);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_DirectoryOfAnotherServer_IsNotOverwritten()
    {
        var settings = Settle("http://other.test/");
        var before = File.ReadAllText(settings);

        var run = await CliRun.OfAsync("node", "join", "http://127.0.0.1:1", "--token", "t", "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("It is not overwritten", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(settings));
    }

    [Fact]
    public async Task Run_NodeThatRuns_IsNotRunTwice()
    {
        Settle("http://127.0.0.1:1/");
        using var running = new NodeDirectory(Place).TryLock();

        var run = await CliRun.OfAsync("node", "run", "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("Another process", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KeyOfAnotherNode_IsRefused()
    {
        Settle("http://127.0.0.1:1/");
        File.Delete(Path.Combine(Place, "node.key"));
        using var other = NodeKey.LoadOrCreate(Path.Combine(Place, "node.key"));

        var run = await CliRun.OfAsync("node", "run", "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains(other.PublicKey.Id.ToString(), run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trust_AnotherLog_IsRememberedAndWhatWasSeenIsKept()
    {
        Settle("http://127.0.0.1:1/");
        var directory = new NodeDirectory(Place);
        await File.WriteAllTextAsync(directory.Checkpoint, "seen");
        using var key = SigningKey.Create();
        var next = new NoteKey("urn:vcp:log:next", key.PublicKey, NoteKeyType.Log).ToString();

        var run = await CliRun.OfAsync("node", "trust", "--log-key", next, "--directory", Place);
        var again = await CliRun.OfAsync("node", "trust", "--log-key", next, "--directory", Place);

        Assert.Equal((0, 0, string.Empty), (run.ExitCode, again.ExitCode, run.Stderr));
        Assert.Equal(("urn:vcp:log:next", next), (NodeSettings.Read(directory)!.Origin, NodeSettings.Read(directory)!.LogKey));
        Assert.False(File.Exists(directory.Checkpoint));
        Assert.Equal("seen", await File.ReadAllTextAsync(directory.Checkpoint + ".1"));
        Assert.False(File.Exists(directory.Checkpoint + ".2"));
    }

    [Fact]
    public async Task Trust_WhileTheNodeRuns_IsRefused()
    {
        Settle("http://127.0.0.1:1/");
        using var running = new NodeDirectory(Place).TryLock();
        using var key = SigningKey.Create();

        var run = await CliRun.OfAsync("node", "trust", "--log-key", new NoteKey("urn:vcp:log:next", key.PublicKey, NoteKeyType.Log).ToString(), "--directory", Place);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("is running", run.Stderr, StringComparison.Ordinal);
    }

    public void Dispose() => _temporary.Dispose();

    private string Settle(string server)
    {
        var directory = new NodeDirectory(Place);
        directory.Create();
        using var key = NodeKey.LoadOrCreate(directory.Key);
        new NodeSettings
        {
            Server = new Uri(server),
            Node = key.PublicKey.Id.ToString(),
            Owner = "alice",
            Name = "n",
            Origin = "urn:vcp:log:test",
            LogKey = new NoteKey("urn:vcp:log:test", key.PublicKey, NoteKeyType.Log).ToString(),
        }.Write(directory);
        return directory.Settings;
    }
}
