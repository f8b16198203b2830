using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>Exported functions: numbers go in and come out bit by bit.</summary>
public sealed class FunctionTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData(ScalarType.I32, 0xffffffff)]
    [InlineData(ScalarType.I32, 0x80000000)]
    [InlineData(ScalarType.I64, 0xffffffffffffffff)]
    [InlineData(ScalarType.I64, 0x8000000000000000)]
    [InlineData(ScalarType.I64, 0x7fffffffffffffff)] // more bits than a double holds
    [InlineData(ScalarType.I64, 0x0123456789abcdef)]
    [InlineData(ScalarType.F32, 0x80000000)] // -0
    [InlineData(ScalarType.F32, 0x7f800000)] // infinity
    [InlineData(ScalarType.F32, 0x7fc00000)] // canonical NaN
    [InlineData(ScalarType.F32, 0x7fa12345)] // signalling NaN
    [InlineData(ScalarType.F32, 0x00000001)] // smallest subnormal
    [InlineData(ScalarType.F64, 0x8000000000000000)]
    [InlineData(ScalarType.F64, 0xfff0000000000000)]
    [InlineData(ScalarType.F64, 0x7ff0000000000001)]
    [InlineData(ScalarType.F64, 0x0000000000000001)]
    public async Task Execute_Identity_KeepsEveryBit(ScalarType type, ulong bits)
    {
        var value = new ScalarValue(type, bits);

        var result = await fixture.ConcludeAsync(
            $"""(module (func (export "run") (param {value.TypeName}) (result {value.TypeName}) (local.get 0)))""",
            invocation: SandboxFixture.Function(value));

        Assert.Equal([value], result.Output.Results);
    }

    [Fact]
    public async Task Execute_SeveralResults_InOrder()
    {
        var result = await fixture.ConcludeAsync(
            """(module (func (export "run") (result i32 i64 f32 f64) (i32.const 1) (i64.const -2) (f32.const 3) (f64.const -4)))""");

        Assert.Equal(
            [
                SandboxFixture.I32(1), SandboxFixture.I64(-2),
                new ScalarValue(ScalarType.F32, 0x40400000), new ScalarValue(ScalarType.F64, 0xc010000000000000),
            ],
            result.Output.Results);
    }

    [Fact]
    public async Task Execute_Add_ReturnsSum()
    {
        var result = await fixture.ConcludeAsync(
            """(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""",
            invocation: SandboxFixture.Function(SandboxFixture.I32(2), SandboxFixture.I32(40)));

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(42)], result.Output.Results);
    }

    [Fact]
    public async Task Execute_OneModuleTwice_SecondSeesNothingOfTheFirst()
    {
        const string Wat = """
            (module
              (memory 1) (global $count (mut i32) (i32.const 0)) (table 4 funcref)
              (func $run (export "run") (result i32 i32 i32)
                (global.set $count (i32.add (global.get $count) (i32.const 1)))
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
                (global.get $count)
                (i32.load (i32.const 0))
                (table.grow (ref.null func) (i32.const 1))))
            """;

        var first = await fixture.ConcludeAsync(Wat);
        var second = await fixture.ConcludeAsync(Wat);

        Assert.Equal([SandboxFixture.I32(1), SandboxFixture.I32(1), SandboxFixture.I32(4)], first.Output.Results);
        Assert.Equal(first.Output.Results, second.Output.Results);
    }

    [Theory]
    [InlineData(InconclusiveReason.Timeout, "timeout")]
    [InlineData(InconclusiveReason.Cancelled, "cancelled")]
    [InlineData(InconclusiveReason.StackLimit, "stack-limit")]
    [InlineData(InconclusiveReason.EngineFault, "engine-fault")]
    public void ToName_Reason_IsStable(InconclusiveReason reason, string name) => Assert.Equal(name, reason.ToName());
}
