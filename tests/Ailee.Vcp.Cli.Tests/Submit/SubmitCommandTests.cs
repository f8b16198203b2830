using System.Text.Json;

namespace Ailee.Vcp.Cli.Tests.Submit;

public sealed class SubmitCommandTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Text = "the cat and the dog and the bird\n";

    [Fact]
    public async Task Submit_Command_GivesOutputAndProofThatVerifies()
    {
        using var directory = new TempDirectory();
        var proof = directory.Path("p.cose");
        var input = directory.Write("in", Text);

        var run = await CliRun.OfAsync("submit", CliRun.Guest("wordfreq"), "--server", server.Address, "--input", input, "--proof", proof, "--", "2");
        var verified = await CliRun.OfAsync(
            "verify", proof, "--module", CliRun.Guest("wordfreq"), "--invocation", directory.Path("p.invocation.cbor"),
            "--output", directory.Path("p.output.cbor"), "--input", input, "--replay");

        Assert.Equal((0, "3 the\n2 and\n"), (run.ExitCode, run.Stdout));
        Assert.Contains("proof in", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("ok     replay", verified.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ServerFromVariableAndJson_PrintsTask()
    {
        using var directory = new TempDirectory();

        var run = await CliRun.OfAsync(
            ["submit", CliRun.Guest("math"), "--invoke", "fib", "--json", "--proof", directory.Path("f.cose"), "--", "50"],
            variables: new Dictionary<string, string> { ["VCP_SERVER"] = server.Address });

        using var json = JsonDocument.Parse(run.StdoutBytes);
        Assert.Equal("12586269025", json.RootElement.GetProperty("task").GetProperty("result").GetProperty("results")[0].GetProperty("value").GetString());
        Assert.True(File.Exists(json.RootElement.GetProperty("proof").GetString()));
    }

    [Theory]
    [InlineData("The lamp turned.", "VGhlIGxhbXAgdHVybmVkLg==")]
    [InlineData("", "")]
    public async Task Submit_FunctionWithInput_TakesBytesAsRunDoes(string text, string expected)
    {
        using var directory = new TempDirectory();
        var proof = directory.Path("b.cose");
        var input = directory.Write("in", text);
        string[] guest = [CliRun.Guest("bytes"), "--invoke", "base64", "--input", input];

        var run = await CliRun.OfAsync(["run", .. guest]);
        var submitted = await CliRun.OfAsync(["submit", .. guest, "--server", server.Address, "--proof", proof]);
        var verified = await CliRun.OfAsync(
            "verify", proof, "--module", CliRun.Guest("bytes"), "--invocation", directory.Path("b.invocation.cbor"),
            "--output", directory.Path("b.output.cbor"), "--input", input, "--replay");

        Assert.Equal((0, expected), (run.ExitCode, run.Stdout));
        Assert.Equal((0, expected), (submitted.ExitCode, submitted.Stdout));
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("ok     replay", verified.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_EmptyInputOfACommand_IsNoInput()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in", string.Empty);

        var run = await CliRun.OfAsync(["submit", CliRun.Guest("wordfreq"), "--server", server.Address, "--input", input, "--proof", directory.Path("e.cose")], Text);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stdout));
    }

    [Fact]
    public async Task Submit_FunctionWithArgumentsAndInput_RefusedAsRunDoes()
    {
        string[] guest = [CliRun.Guest("bytes"), "--invoke", "base64", "--input", "-"];

        var submitted = await CliRun.OfAsync(["submit", .. guest, "--server", server.Address, "--", "1", "2"], string.Empty);
        var run = await CliRun.OfAsync(["run", .. guest, "--", "1", "2"], string.Empty);

        Assert.Equal((125, 125), (submitted.ExitCode, run.ExitCode));
        Assert.Contains("arguments-invalid", submitted.Stderr, StringComparison.Ordinal);
        Assert.Contains("arguments-invalid", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_Trap_Exits134WithProof()
    {
        using var directory = new TempDirectory();
        var proof = directory.Path("t.cose");

        var run = await CliRun.OfAsync("submit", CliRun.Guest("math"), "--server", server.Address, "--invoke", "fib", "--proof", proof, "--", "93");

        Assert.Equal(134, run.ExitCode);
        Assert.True(File.Exists(proof));
    }

    [Fact]
    public async Task Submit_TaskThatFails_Exits122WithoutProof()
    {
        using var directory = new TempDirectory();
        var bomb = directory.Write("bomb.wat", """(module (func $f (export "_start") (call $f)))""");
        var proof = directory.Path("none.cose");

        var run = await CliRun.OfAsync("submit", bomb, "--server", server.Address, "--proof", proof);

        Assert.Equal(122, run.ExitCode);
        Assert.Contains("stack-limit", run.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task Submit_RefusedOrUnreachable_Exits125WithTheReason()
    {
        var refused = await CliRun.OfAsync("submit", CliRun.Guest("math"), "--server", server.Address, "--invoke", "nothing");
        var unreachable = await CliRun.OfAsync("submit", CliRun.Guest("math"), "--server", "http://127.0.0.1:1", "--invoke", "add", "--", "1", "2");
        var malformed = await CliRun.OfAsync("submit", CliRun.Guest("math"), "--server", "nowhere", "--invoke", "add", "--", "1", "2");

        Assert.Equal((125, 125, 125), (refused.ExitCode, unreachable.ExitCode, malformed.ExitCode));
        Assert.Contains("entrypoint-missing", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", unreachable.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysList_Server_ShowsTheKeyThatSigns()
    {
        using var directory = new TempDirectory();
        var proof = directory.Path("k.cose");
        await CliRun.OfAsync("submit", CliRun.Guest("math"), "--server", server.Address, "--invoke", "add", "--proof", proof, "--", "1", "2");

        var list = await CliRun.OfAsync("keys", "nodes", "--server", server.Address, "--json");
        using var json = JsonDocument.Parse(list.StdoutBytes);
        var key = json.RootElement[0].GetProperty("publicKey").GetString()!;
        var verified = await CliRun.OfAsync("verify", proof, "--key", key);

        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("ok     key", verified.Stdout, StringComparison.Ordinal);
    }
}
