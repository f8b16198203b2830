using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>A module that sets itself up in <c>_initialize</c> before any of its functions is called.</summary>
public sealed class ReactorTests(SandboxFixture fixture)
{
    // Every function writes its digit behind those before it.
    private const string Digits = """
        (global $digits (mut i32) (i32.const 0))
        (func $digit (param i32) (global.set $digits (i32.add (i32.mul (global.get $digits) (i32.const 10)) (local.get 0))))
        """;

    [Fact]
    public async Task Execute_Function_StartThenInitializeThenTheFunction()
    {
        var result = await fixture.ConcludeAsync($"""
            (module
              {Digits}
              (func $start (call $digit (i32.const 1)))
              (start $start)
              (func (export "_initialize") (call $digit (i32.const 2)))
              (func (export "run") (result i32) (call $digit (i32.const 3)) (global.get $digits)))
            """);

        Assert.Equal([SandboxFixture.I32(123)], result.Output.Results);
    }

    [Fact]
    public async Task Execute_FunctionOfBytes_InitializeBeforeAlloc()
    {
        const string Wat = """
            (module
              (memory (export "memory") 1)
              (global $ready (mut i32) (i32.const -1))
              (func (export "_initialize") (global.set $ready (i32.const 16)))
              (func (export "alloc") (param i32) (result i32) (global.get $ready))
              (func (export "dealloc") (param i32 i32))
              (func (export "run") (param i32 i32) (result i64) (i64.const 0x1000000003)))
            """;

        var result = await fixture.ConcludeAsync(Wat, invocation: SandboxFixture.Function() with { FunctionArguments = null, PassesBytes = true }, stdin: "abc"u8.ToArray());

        Assert.Equal("abc"u8.ToArray(), result.Stdout.ToArray());
    }

    [Fact]
    public async Task Execute_Command_IsNotInitialized()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "_initialize") unreachable) (func (export "_start")))""", "_start", SandboxFixture.Command());

        Assert.Equal(Outcome.Completed, result.Outcome);
    }

    [Fact]
    public async Task Execute_InitializeItself_RunsOnce()
    {
        var once = await fixture.ConcludeAsync("""(module (func (export "run") (drop (i32.const 1))))""");

        var result = await fixture.ConcludeAsync("""(module (func (export "_initialize") (drop (i32.const 1))))""", "_initialize");

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(once.Instructions, result.Instructions);
    }

    [Theory]
    [InlineData("""(func (export "_initialize") (param i32) unreachable)""")]
    [InlineData("""(func (export "_initialize") (result i32) unreachable)""")]
    [InlineData("""(global (export "_initialize") i32 (i32.const 0))""")]
    public async Task Execute_InitializeThatIsNone_IsNotCalled(string field)
    {
        var result = await fixture.ConcludeAsync($"""(module {field} (func (export "run")))""");

        Assert.Equal(Outcome.Completed, result.Outcome);
    }

    [Fact]
    public async Task Execute_WorkInInitialize_IsCounted()
    {
        const string Work = "(local i32) (local.set 0 (i32.const 1000)) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))";
        var empty = await fixture.ConcludeAsync("""(module (func (export "run")))""");
        var called = await fixture.ConcludeAsync($"""(module (func (export "run") {Work}))""");

        var initialized = await fixture.ConcludeAsync($"""(module (func (export "_initialize") {Work}) (func (export "run")))""");

        Assert.Equal(called.Instructions + empty.Instructions, initialized.Instructions);
    }

    [Fact]
    public async Task Execute_EndlessInitialize_OutOfFuelAtTheLimit()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "_initialize") (loop $again (br $again))) (func (export "run") unreachable))""");

        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(SandboxFixture.DefaultLimits.Instructions, result.Instructions);
    }

    [Fact]
    public async Task Execute_TrapInInitialize_FunctionNeverRuns()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "_initialize") (drop (i32.div_u (i32.const 1) (i32.const 0)))) (func (export "run") unreachable))""");

        Assert.Equal("integer-division-by-zero", result.Output.Trap);
    }

    [Fact]
    public async Task Execute_ExitInInitialize_FunctionNeverRuns()
    {
        const string Exit = """(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))""";

        var result = await fixture.ConcludeAsync($"""(module {Exit} (func (export "_initialize") (call $exit (i32.const 5))) (func (export "run") unreachable))""");

        Assert.Equal((Outcome.Completed, 5), (result.Outcome, result.ExitCode));
    }

    [Fact]
    public async Task Execute_StackOverflowInInitialize_IsNoOutcome()
    {
        var result = await fixture.RunAsync("""(module (func $f (export "_initialize") (call $f)) (func (export "run")))""");

        Assert.Equal(InconclusiveReason.StackLimit, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Execute_InitializePastTheDeadline_Timeout()
    {
        var result = await fixture.RunAsync("""(module (func (export "_initialize") (loop $again (br $again))) (func (export "run")))""", timeout: TimeSpan.Zero);

        Assert.Equal(InconclusiveReason.Timeout, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }
}
