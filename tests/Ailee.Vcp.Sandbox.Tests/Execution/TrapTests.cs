using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class TrapTests(SandboxFixture fixture)
{
    // Inside (func (param i32)) with 0 as the argument, so that nothing is known when compiling.
    public static TheoryData<string, string> Traps => new()
    {
        { "unreachable", "unreachable" },
        { "memory-out-of-bounds", "(drop (i32.load (i32.sub (local.get 0) (i32.const 1))))" },
        { "memory-out-of-bounds", "(memory.fill (i32.const 65536) (local.get 0) (i32.const 1))" },
        { "table-out-of-bounds", "(drop (table.get 0 (i32.const 9)))" },
        { "table-out-of-bounds", "(call_indirect (type $void) (i32.const 9))" },
        { "indirect-call-to-null", "(call_indirect (type $void) (i32.const 0))" },
        { "bad-signature", "(call_indirect (type $void) (i32.const 1))" },
        { "integer-overflow", "(drop (i32.div_s (i32.sub (local.get 0) (i32.const 2147483648)) (i32.const -1)))" },
        { "integer-division-by-zero", "(drop (i32.rem_u (i32.const 7) (local.get 0)))" },
        { "bad-conversion-to-integer", "(drop (i32.trunc_f64_s (f64.div (f64.const 0) (f64.convert_i32_s (local.get 0)))))" },
        { "integer-overflow", "(drop (i32.trunc_f64_s (f64.const 1e300)))" },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public async Task Execute_Trap_HasItsStableName(string name, string body)
    {
        var wat = Module($"""(func (export "run") (param i32) {body})""");

        var result = await fixture.ConcludeAsync(wat, invocation: SandboxFixture.Function(SandboxFixture.I32(0)));

        AssertTrapped(name, result);
    }

    [Theory]
    [MemberData(nameof(Traps))]
    public async Task Execute_TrapInTheStartFunction_IsTheSameOutcome(string name, string body)
    {
        var wat = Module($"""(func $body (param i32) {body}) (func $start (call $body (i32.const 0))) (start $start) (func (export "run"))""");

        var result = await fixture.ConcludeAsync(wat);

        AssertTrapped(name, result);
    }

    [Theory]
    [MemberData(nameof(Traps))]
    public async Task Execute_TrapAgain_CountsTheSame(string name, string body)
    {
        var wat = Module($"""(func (export "run") (param i32) {body})""");
        var counts = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            counts.Add((await fixture.ConcludeAsync(wat, invocation: SandboxFixture.Function(SandboxFixture.I32(0)))).Instructions);
        }

        Assert.True(counts.Distinct().Count() == 1, name);
    }

    [Theory]
    [InlineData("memory-out-of-bounds", """(memory 1) (data (i32.const 65530) "more than fits")""")]
    [InlineData("table-out-of-bounds", "(table 2 funcref) (elem (i32.const 1) $run $run)")]
    public async Task Execute_ActiveSegmentOutOfBounds_TrapsBeforeAnyInstruction(string name, string segments)
    {
        var result = await fixture.ConcludeAsync($"""(module {segments} (func $run (export "run")))""");

        AssertTrapped(name, result);
        Assert.Equal(0, result.Instructions);
        Assert.Equal(0, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_Unreachable_CountsWhatRanBefore()
    {
        const string Work = "(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))";
        var argument = SandboxFixture.Function(SandboxFixture.I32(1000));
        var returning = await fixture.ConcludeAsync($"""(module (func (export "run") (param i32) {Work}))""", invocation: argument);

        var trapping = await fixture.ConcludeAsync($"""(module (func (export "run") (param i32) {Work} unreachable))""", invocation: argument);

        Assert.Equal(returning.Instructions, trapping.Instructions);
        Assert.True(trapping.Instructions > 5000);
    }

    [Fact]
    public async Task Execute_TrapAfterOutput_KeepsTheOutput()
    {
        var script = new GuestScript().Data(0, "abc"u8).Dump(0, 3).Code("unreachable");

        var run = await script.RunAsync(fixture);

        AssertTrapped("unreachable", run.Result);
        Assert.Equal("abc"u8.ToArray(), run.Dumped);
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("mutual")]
    [InlineData("indirect")]
    public async Task Execute_StackOverflow_IsNoOutcome(string entrypoint)
    {
        var result = await fixture.RunAsync(SandboxFixture.Guest("recursion.wat"), entrypoint);

        Assert.Equal(InconclusiveReason.StackLimit, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Execute_StackOverflowInTheStartFunction_IsNoOutcome()
    {
        var result = await fixture.RunAsync("""(module (func $f (call $f)) (start $f) (func (export "run")))""");

        Assert.Equal(InconclusiveReason.StackLimit, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Execute_AMillionTailCalls_TakeNoStack()
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("recursion.wat"), "tail");

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(42)], result.Output.Results);
    }

    [Fact]
    public void Of_EveryTrapCode_HasANameOnlyIfItIsInTheTable()
    {
        var named = Enum.GetValues<TrapCode>().Where(code => TrapNames.Of(code) is not null).ToHashSet();

        Assert.Equal(
            [
                TrapCode.MemoryOutOfBounds, TrapCode.TableOutOfBounds, TrapCode.IndirectCallToNull, TrapCode.BadSignature,
                TrapCode.IntegerOverflow, TrapCode.IntegerDivisionByZero, TrapCode.BadConversionToInteger, TrapCode.Unreachable,
            ],
            named);
        Assert.Equal(named.Count, named.Select(TrapNames.Of).Distinct().Count());
        Assert.Null(TrapNames.Of((TrapCode)1000));
    }

    private static string Module(string functions) => $"""
        (module
          (type $void (func))
          (memory 1)
          (table 3 funcref)
          (elem (i32.const 1) $other)
          (func $other (param i64))
          {functions})
        """;

    private static void AssertTrapped(string name, ExecutionResult.Conclusive result)
    {
        Assert.Equal(Outcome.Trapped, result.Outcome);
        Assert.Equal(name, result.Output.Trap);
        Assert.Equal(StatementPayload.NoExit, result.ExitCode);
        Assert.Empty(result.Output.Results);
    }
}
