using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>Nothing computes for free: each way to spend instructions ends at the limit, and what was used is in the result.</summary>
public sealed class MeterTests(SandboxFixture fixture)
{
    private const string Yield = """(import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))""";

    [Theory]
    [InlineData("(loop $again (br $again))")]
    [InlineData("(loop $again (drop (call $yield)) (br $again))")]
    [InlineData("(loop $again (drop (memory.grow (i32.const 0))) (br $again))")]
    [InlineData("(loop $again (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $again))")]
    [InlineData("(call $spin)")]
    [InlineData("(return_call $spin)")]
    public async Task Execute_EndlessWork_OutOfFuelAtTheLimit(string body)
    {
        var result = await fixture.ConcludeAsync($"""(module {Yield} (memory 1) (func $spin (return_call $spin)) (func (export "run") {body}))""", invocation: Limited(1_000_000));

        AssertOutOfFuel(1_000_000, result);
    }

    [Fact]
    public async Task Execute_HostCallsWithoutALoop_OutOfFuelAtTheLimit()
    {
        var calls = string.Concat(Enumerable.Repeat("(drop (call $yield))", 50_000));

        var result = await fixture.ConcludeAsync($"""(module {Yield} (func (export "run") {calls}))""", invocation: Limited(100_000));

        AssertOutOfFuel(100_000, result);
    }

    [Fact]
    public async Task Execute_StraightLineBeyondTheLimit_OutOfFuelThoughItReturned()
    {
        // Wasmtime looks at the meter at the function's entry only, so this returns normally with nothing left.
        var work = string.Concat(Enumerable.Repeat("(drop (i32.const 1))", 5_000));

        var result = await fixture.ConcludeAsync($"""(module (func (export "run") (result i32) {work} (i32.const 42)))""", invocation: Limited(1000));

        AssertOutOfFuel(1000, result);
        Assert.Empty(result.Output.Results);
    }

    [Theory]
    [InlineData(0, Outcome.OutOfFuel)]
    [InlineData(1, Outcome.Completed)]
    public async Task Execute_LimitAtTheCost_CompletesOnlyIfOneIsLeft(int spare, Outcome outcome)
    {
        const string Wat = """(module (func (export "run") (result i32) (i32.add (i32.const 1) (i32.const 2))))""";
        var cost = (await fixture.ConcludeAsync(Wat)).Instructions;

        var result = await fixture.ConcludeAsync(Wat, invocation: Limited(cost + spare));

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(cost, result.Instructions);
    }

    [Theory]
    [InlineData(0, Outcome.OutOfFuel)]
    [InlineData(1, Outcome.Completed)]
    public async Task Execute_LimitAtTheCostOfAHostCall_CompletesOnlyIfOneIsLeft(int spare, Outcome outcome)
    {
        const string Wat = $"""(module {Yield} (func (export "run") (drop (call $yield))))""";
        var cost = (await fixture.ConcludeAsync(Wat)).Instructions;

        var result = await fixture.ConcludeAsync(Wat, invocation: Limited(cost + spare));

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(cost, result.Instructions);
    }

    [Fact]
    public async Task Execute_NoInstructionsAllowed_OutOfFuel()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "run")))""", invocation: Limited(0));

        AssertOutOfFuel(0, result);
    }

    [Fact]
    public async Task Execute_WorkInTheStartFunction_IsCounted()
    {
        const string Work = "(local i32) (local.set 0 (i32.const 1000)) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))";
        var empty = await fixture.ConcludeAsync("""(module (func (export "run")))""");
        var called = await fixture.ConcludeAsync($"""(module (func (export "run") {Work}))""");

        var started = await fixture.ConcludeAsync($"""(module (func $start {Work}) (start $start) (func (export "run")))""");

        Assert.Equal(Outcome.Completed, started.Outcome);
        Assert.Equal(called.Instructions + empty.Instructions, started.Instructions);
    }

    [Fact]
    public async Task Execute_EndlessStartFunction_OutOfFuelAtTheLimit()
    {
        var result = await fixture.ConcludeAsync("""(module (func $start (loop $again (br $again))) (start $start) (func (export "run")))""", invocation: Limited(500_000));

        AssertOutOfFuel(500_000, result);
    }

    [Fact]
    public async Task Execute_HostCall_CostsItsPrice()
    {
        const string Nothing = """(module (func $yield (result i32) (i32.const 0)) (func (export "run") (drop (call $yield))))""";
        var own = await fixture.ConcludeAsync(Nothing);

        var host = await fixture.ConcludeAsync($"""(module {Yield} (func (export "run") (drop (call $yield))))""");

        // The guest's own $yield costs an entry and a constant, which the host's has not.
        Assert.Equal(GasSchedule.HostCall, host.Instructions - own.Instructions + 2);
    }

    [Fact]
    public async Task Execute_BytesMoved_CostTheirPrice()
    {
        var none = await new GuestScript().Vectors(0, (100, 0)).Call("fd_write", 1, 0, 1, 8).RunAsync(fixture);
        var some = await new GuestScript().Vectors(0, (100, 777)).Call("fd_write", 1, 0, 1, 8).RunAsync(fixture);
        var random = await new GuestScript().Call("random_get", 100, 777).RunAsync(fixture);
        var nothing = await new GuestScript().Call("random_get", 100, 0).RunAsync(fixture);

        Assert.Equal(777 * GasSchedule.HostByte, some.Result.Instructions - none.Result.Instructions);
        Assert.Equal(777 * (GasSchedule.HostByte + GasSchedule.RandomByte), random.Result.Instructions - nothing.Result.Instructions);
    }

    [Fact]
    public async Task Execute_Gas_IsTheTableOverWhatWasUsed()
    {
        var run = await new GuestScript().Data(0, "hello"u8).Dump(0, 5).RunAsync(fixture, stdin: new byte[1000]);

        var result = run.Result;
        Assert.Equal(
            GasSchedule.Total(result.Instructions, 2, result.InvocationBytes.Length + 1000, result.OutputBytes.Length + 5),
            result.Gas);
    }

    [Theory]
    [InlineData(0xffffffff)]
    [InlineData(60_000_000)]
    public async Task Execute_HostCallBeyondWhatIsLeft_OutOfFuelBeforeItDoesAnything(long length)
    {
        var result = (await new GuestScript().Call("random_get", 0, length).RunAsync(fixture)).Result;

        AssertOutOfFuel(SandboxFixture.DefaultLimits.Instructions, result);
        Assert.Equal(2, result.Trace.LeafCount);
    }

    private static Invocation Limited(long instructions) =>
        SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Instructions = instructions } };

    private static void AssertOutOfFuel(long limit, ExecutionResult.Conclusive result)
    {
        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(limit, result.Instructions);
        Assert.Equal(StatementPayload.NoExit, result.ExitCode);
        Assert.Null(result.Output.Trap);
    }
}
