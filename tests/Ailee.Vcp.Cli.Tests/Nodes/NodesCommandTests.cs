using System.Text.Json;

namespace Ailee.Vcp.Cli.Tests.Nodes;

public sealed class NodesCommandTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Token_Owner_PrintsItAlone()
    {
        var run = await RunAsync("token", "--owner", "alice", "--name", "lamp", "--expires", "2d");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^vcpj_[A-Za-z0-9_-]{43}\n$", run.Stdout);
        Assert.Contains("alice", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("1w")]
    [InlineData("-1h")]
    [InlineData("99999d")]
    public async Task Token_WrongTime_Refused(string expires) => Assert.Equal(125, (await RunAsync("token", "--owner", "alice", $"--expires={expires}")).ExitCode);

    [Fact]
    public async Task Standing_BuiltInNode_MovesAndIsShown()
    {
        var listed = await RunAsync("list", "--json");
        var id = JsonDocument.Parse(listed.Stdout).RootElement.GetProperty("id").GetString()!;

        Assert.Contains("draining", (await RunAsync("drain", id)).Stdout, StringComparison.Ordinal);
        Assert.Contains("quarantined: it lies", (await RunAsync("quarantine", id, "--reason", "it lies")).Stdout, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync("list", "--state", "quarantined")).Stdout, StringComparison.Ordinal);
        Assert.Contains("state        online", (await RunAsync("release", id)).Stdout, StringComparison.Ordinal);
        Assert.Equal("online", JsonDocument.Parse((await RunAsync("show", id, "--json")).Stdout).RootElement.GetProperty("state").GetString());
        var removed = await RunAsync("remove", id);
        Assert.Equal(125, removed.ExitCode);
        Assert.Contains("not removed", removed.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_WrongKeyOrId_Refused()
    {
        Assert.Equal(125, (await RunAsync("rotate", new string('A', 43), "--key", "short")).ExitCode);
        Assert.Equal(125, (await RunAsync("show", "short")).ExitCode);
        Assert.Equal(125, (await RunAsync("show", new string('A', 43))).ExitCode);
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(["nodes", .. args, "--server", fixture.Address]);
}
