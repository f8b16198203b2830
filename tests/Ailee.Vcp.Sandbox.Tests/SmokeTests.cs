using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests;

public sealed class SmokeTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Run_Add_ReturnsSum()
    {
        var result = await fixture.ConcludeAsync(
            """(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""",
            invocation: SandboxFixture.Function(new ScalarValue(ScalarType.I32, 2), new ScalarValue(ScalarType.I32, 40)));

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([new ScalarValue(ScalarType.I32, 42)], result.Output.Results);
    }

    [Fact]
    public async Task Run_EndlessLoop_OutOfFuelAtTheLimit()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "run") (loop br 0)))""");

        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(SandboxFixture.DefaultLimits.Instructions, result.Instructions);
    }

    [Fact]
    public async Task Run_EndlessLoopPastDeadline_Timeout()
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Instructions = long.MaxValue } };
        var result = await fixture.RunAsync(SandboxFixture.Wat("""(module (func (export "run") (loop br 0)))"""), "run", invocation, timeout: TimeSpan.FromMilliseconds(50));

        Assert.Equal(InconclusiveReason.Timeout, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Run_HostCallsWithoutLoop_OutOfFuel()
    {
        var calls = string.Concat(Enumerable.Repeat("(drop (call $y))", 50_000));
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Instructions = 100_000 } };
        var result = await fixture.ConcludeAsync($"""(module (import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32))) (func (export "run") {calls}))""", invocation: invocation);

        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(100_000, result.Instructions);
    }

    [Fact]
    public async Task Run_HelloOnStdout_GivesBytes()
    {
        var result = await fixture.ConcludeAsync(
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
              (memory 1) (data (i32.const 16) "hello\n")
              (func (export "_start")
                (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 6))
                (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
            """,
            "_start",
            SandboxFixture.Command());

        Assert.Equal("hello\n"u8.ToArray(), result.Stdout.ToArray());
        Assert.Equal(3, result.Trace.LeafCount);
    }

    [Fact]
    public async Task Run_StackBomb_StackLimit()
    {
        var result = await fixture.RunAsync(SandboxFixture.Wat("""(module (func $f (export "run") (call $f)))"""), "run", SandboxFixture.Function());

        Assert.Equal(InconclusiveReason.StackLimit, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }
}
