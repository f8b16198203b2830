using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class ExitTests(SandboxFixture fixture)
{
    private const string Exit = """(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))""";

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    [InlineData(-1, 4294967295)]
    public async Task ProcExit_Code_IsTheExitCode(int code, long expected)
    {
        var result = await fixture.ConcludeAsync($"""(module {Exit} (func (export "_start") (call $exit (i32.const {code})) unreachable))""", "_start", SandboxFixture.Command());

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(expected, result.ExitCode);
        Assert.Null(result.Output.Trap);
    }

    [Fact]
    public async Task ProcExit_InTheStartFunction_EntrypointNeverRuns()
    {
        var result = await fixture.ConcludeAsync($"""(module {Exit} (func $start (call $exit (i32.const 7))) (start $start) (func (export "run") unreachable))""");

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public async Task ProcExit_InAFunctionWithResults_HasNone()
    {
        var result = await fixture.ConcludeAsync($"""(module {Exit} (func (export "run") (result i32) (call $exit (i32.const 3)) (i32.const 42)))""");

        Assert.Equal(3, result.ExitCode);
        Assert.Empty(result.Output.Results);
    }

    [Fact]
    public async Task Start_Returns_ExitCodeZero()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "_start")))""", "_start", SandboxFixture.Command());

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData(1000, Outcome.Completed, 5)]
    [InlineData(100, Outcome.OutOfFuel, -1)]
    public async Task ProcExit_ExportedAsTheEntrypoint_IsLikeAnyCall(long instructions, Outcome outcome, long code)
    {
        var invocation = SandboxFixture.Function(SandboxFixture.I32(5)) with { Limits = SandboxFixture.DefaultLimits with { Instructions = instructions } };

        var result = await fixture.ConcludeAsync($"""(module {Exit} (export "run" (func $exit)))""", invocation: invocation);

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(code, result.ExitCode);
    }

    [Fact]
    public async Task ProcExit_Deep_KeepsWhatWasWritten()
    {
        var run = await new GuestScript().Data(0, "bye"u8).Dump(0, 3).Call("proc_exit", 9).RunAsync(fixture);

        Assert.Equal(9, run.Result.ExitCode);
        Assert.Equal("bye"u8.ToArray(), run.Dumped);
        Assert.Equal("proc_exit", DecodedTrace.Of(run.Result.Trace).Calls[^1].Name);
    }
}
