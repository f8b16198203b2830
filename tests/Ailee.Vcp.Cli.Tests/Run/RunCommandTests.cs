using System.Text.Json;

namespace Ailee.Vcp.Cli.Tests.Run;

public sealed class RunCommandTests
{
    private const string Text = "the cat and the dog and the bird\n";

    [Theory]
    [InlineData("run", "GUEST", "--", "2")]
    [InlineData("run", "GUEST", "2")]
    public async Task Run_Command_PassesStreamsThrough(params string[] args)
    {
        var run = await CliRun.OfAsync([.. args.Select(arg => arg == "GUEST" ? CliRun.Guest("wordfreq") : arg)], Text);

        Assert.Equal((0, "3 the\n2 and\n", string.Empty), (run.ExitCode, run.Stdout, run.Stderr));
    }

    [Fact]
    public async Task Run_GuestExitsWithCode_ExitsWithIt()
    {
        var run = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--", "no-number"], Text);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Stderr);
        Assert.Empty(run.Stdout);
    }

    [Theory]
    [InlineData("run", "GUEST", "--invoke", "fib", "--", "50")]
    [InlineData("run", "--invoke", "fib", "GUEST", "--", "50")]
    [InlineData("run", "--invoke", "fib", "GUEST", "50")]
    public async Task Run_InvokeOnEitherSide_PrintsResult(params string[] args)
    {
        var run = await CliRun.OfAsync([.. args.Select(arg => arg == "GUEST" ? CliRun.Guest("math") : arg)]);

        Assert.Equal((0, "12586269025\n"), (run.ExitCode, run.Stdout));
    }

    [Fact]
    public async Task Run_NegativeArgument_IsNoOption()
    {
        var run = await CliRun.OfAsync("run", CliRun.Guest("math"), "--invoke", "add", "--", "-2", "--", "1");

        Assert.Equal(125, run.ExitCode);

        run = await CliRun.OfAsync("run", CliRun.Guest("math"), "--invoke", "add", "--", "-2", "-40");

        Assert.Equal((0, "-42\n"), (run.ExitCode, run.Stdout));
    }

    [Fact]
    public async Task Run_OptionsAfterSeparator_AreTheGuests()
    {
        using var directory = new TempDirectory();
        var echo = directory.Write("sizes.wat", """
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory 1)
              (func (export "_start")
                (drop (call $sizes (i32.const 0) (i32.const 4)))
                (call $exit (i32.load (i32.const 0)))))
            """);

        var run = await CliRun.OfAsync("run", echo, "--", "--json", "@file", "--");

        Assert.Equal(4, run.ExitCode);
    }

    [Fact]
    public async Task Run_FunctionWithInput_TakesAndReturnsBytes()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("text", "The lamp turned.");
        var empty = directory.Write("empty", string.Empty);

        var file = await CliRun.OfAsync(["run", CliRun.Guest("bytes"), "--invoke", "base64", "--input", input], stdin: "other");
        var dash = await CliRun.OfAsync(["run", CliRun.Guest("bytes"), "--invoke", "upper", "--input", "-"], "lamp");
        var nothing = await CliRun.OfAsync("run", CliRun.Guest("bytes"), "--invoke", "base64", "--input", empty, "--json");
        var numbers = await CliRun.OfAsync(["run", CliRun.Guest("bytes"), "--invoke", "upper", "--", "1024", "0"], "lamp");

        Assert.Equal((0, "VGhlIGxhbXAgdHVybmVkLg=="), (file.ExitCode, file.Stdout));
        Assert.Equal((0, "LAMP"), (dash.ExitCode, dash.Stdout));
        using var json = JsonDocument.Parse(nothing.StdoutBytes);
        Assert.Equal((string.Empty, 0), (json.RootElement.GetProperty("stdout").GetString(), json.RootElement.GetProperty("results").GetArrayLength()));
        Assert.Equal((0, "4398046511104\n"), (numbers.ExitCode, numbers.Stdout));
    }

    [Fact]
    public async Task Run_Reactor_IsSetUpFirst()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("json", """{"a":[1,2]}""");

        var run = await CliRun.OfAsync("run", CliRun.Guest("json"), "--invoke", "format", "--env", "INDENT=1", "--input", input);
        var refused = await CliRun.OfAsync("run", CliRun.Guest("json"), "--invoke", "format", "--env", "INDENT=11", "--input", input);
        var trapped = await CliRun.OfAsync(["run", CliRun.Guest("json"), "--invoke", "format", "--input", "-"], "[1,]");

        Assert.Equal((0, "{\n \"a\": [\n  1,\n  2\n ]\n}"), (run.ExitCode, run.Stdout));
        Assert.Equal((2, string.Empty, "json: INDENT must be between 0 and 10\n"), (refused.ExitCode, refused.Stdout, refused.Stderr));
        Assert.Equal((134, string.Empty), (trapped.ExitCode, trapped.Stdout));
        Assert.StartsWith("json: a digit is missing\n", trapped.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arguments-invalid", "GUEST", "--invoke", "upper", "--input", "-", "--", "1", "2")]
    [InlineData("To take input, 'alloc' needs the module to export 'alloc' (i32, i32) -> (i64). (entrypoint-type)", "GUEST", "--invoke", "alloc", "--input", "-")]
    [InlineData("arguments-invalid", "GUEST", "--invoke", "upper")]
    public async Task Run_FunctionAndInputThatDoNotFit_Exits125WithTheReason(string reason, params string[] args)
    {
        var run = await CliRun.OfAsync(["run", .. args.Select(arg => arg == "GUEST" ? CliRun.Guest("bytes") : arg)], "lamp");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains(reason, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Trap_Exits134AndSaysWhy()
    {
        var run = await CliRun.OfAsync("run", CliRun.Guest("math"), "--invoke", "fib", "--", "93");

        Assert.Equal(134, run.ExitCode);
        Assert.Contains("trapped: unreachable", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TooFewInstructions_Exits120()
    {
        var run = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--instructions", "1000"], Text);

        Assert.Equal(120, run.ExitCode);
        Assert.Contains("out-of-fuel after 1000 instructions", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EndlessLoop_TimeoutExits122()
    {
        using var directory = new TempDirectory();
        var loop = directory.Write("loop.wat", """(module (func (export "_start") (loop br 0)))""");

        var run = await CliRun.OfAsync("run", loop, "--timeout-ms", "50", "--instructions", "1000000000000");

        Assert.Equal(122, run.ExitCode);
        Assert.Contains("timeout", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Json_TellsEverything()
    {
        var first = await CliRun.OfAsync(["run", "--json", CliRun.Guest("wordfreq")], Text);
        var second = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--json"], Text);

        using var a = JsonDocument.Parse(first.StdoutBytes);
        using var b = JsonDocument.Parse(second.StdoutBytes);
        Assert.Equal("completed", a.RootElement.GetProperty("outcome").GetString());
        Assert.StartsWith("3 the", a.RootElement.GetProperty("stdout").GetString(), StringComparison.Ordinal);
        foreach (var member in new[] { "instructions", "gas", "traceRoot", "output", "input" })
        {
            Assert.Equal(a.RootElement.GetProperty(member).ToString(), b.RootElement.GetProperty(member).ToString());
        }
    }

    [Fact]
    public async Task Run_InputFileAndEnv_ReachTheGuest()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("text", Text);

        var file = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--input", input, "--", "1"], stdin: "other words");
        var dash = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--input", "-", "--", "1"], Text);
        var missing = await CliRun.OfAsync("run", CliRun.Guest("wordfreq"), "--env", "NOT_SET");
        var inherited = await CliRun.OfAsync(["run", CliRun.Guest("wordfreq"), "--env", "HOME", "--env", "A=b=c", "--json"], Text, new Dictionary<string, string> { ["HOME"] = "/x" });

        Assert.Equal("3 the\n", file.Stdout);
        Assert.Equal("3 the\n", dash.Stdout);
        Assert.Equal(125, missing.ExitCode);
        Assert.Equal(0, inherited.ExitCode);
    }

    [Theory]
    [InlineData("not-there.wasm")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("import")]
    public async Task Run_NoModule_Exits125WithASentence(string name)
    {
        using var directory = new TempDirectory();
        directory.Write("empty", string.Empty);
        directory.Write("text", "hello");
        directory.Write("import", """(module (import "env" "secret" (func)) (func (export "_start")))""");

        var run = await CliRun.OfAsync("run", directory.Path(name));

        Assert.Equal(125, run.ExitCode);
        Assert.StartsWith("vcp: ", run.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "GUEST", "--invoke", "nothing")]
    [InlineData("run", "GUEST", "--invoke", "add", "--", "1")]
    [InlineData("run", "GUEST", "--invoke", "add", "--", "1", "x")]
    [InlineData("run", "GUEST", "--invoke", "add", "--seed", "12", "--", "1", "2")]
    [InlineData("run", "GUEST", "--invoke", "add", "--timeout-ms", "0", "--", "1", "2")]
    [InlineData("run", "GUEST", "--invoke", "add", "--clock", "1969-12-31T00:00:00Z", "--", "1", "2")]
    [InlineData("run", "GUEST", "--no-such-option")]
    [InlineData("no-such-command")]
    [InlineData]
    public async Task Run_WrongUse_Exits125WithASentence(params string[] args)
    {
        var run = await CliRun.OfAsync([.. args.Select(arg => arg == "GUEST" ? CliRun.Guest("math") : arg)]);

        Assert.Equal(125, run.ExitCode);
        Assert.NotEmpty(run.Stderr);
    }
}
