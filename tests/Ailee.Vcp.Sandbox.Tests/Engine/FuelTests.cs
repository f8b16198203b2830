using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

/// <summary>What the sandbox relies on in Wasmtime's fuel, pinned against Wasmtime itself: an upgrade that changes any of it fails here.</summary>
public sealed class FuelTests
{
    private const string Countdown = """
        (module
          (func (export "run") (local $i i32)
            (local.set $i (i32.const 100))
            (loop $again
              (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))
        """;

    private static string HostCalls(int count) =>
        $"""(module (import "h" "call" (func $call)) (func (export "run") {string.Concat(Enumerable.Repeat("(call $call)", count))}))""";

    [Fact]
    public void Call_FunctionWithoutFuel_TrapsAtEntry()
    {
        var run = PlainWasmtime.Run(HostCalls(1), 0);

        Assert.Equal(TrapCode.OutOfFuel, run.Trap);
        Assert.Equal(0, run.HostCalls);
    }

    [Fact]
    public void Call_LoopWithoutFuel_TrapsAtLoopHeadWithNothingLeft()
    {
        var run = PlainWasmtime.Run("""(module (func (export "run") (loop $again (br $again))))""", 1000);

        Assert.Equal(TrapCode.OutOfFuel, run.Trap);
        Assert.Equal(0ul, run.FuelLeft);
    }

    [Fact]
    public void Call_CalleeWithoutFuel_TrapsAtItsEntry()
    {
        // The caller costs 2 up to the call; with 3 the callee's entry finds nothing left.
        var run = PlainWasmtime.Run("""(module (func $callee) (func (export "run") (call $callee) (call $callee)))""", 3);

        Assert.Equal(TrapCode.OutOfFuel, run.Trap);
        Assert.Equal(0ul, run.FuelLeft);
    }

    [Fact]
    public void Call_StraightLineHostCalls_RunToTheEndWithNothingLeft()
    {
        var run = PlainWasmtime.Run(HostCalls(50_000), 1000);

        Assert.Null(run.Failure);
        Assert.Equal(50_000, run.HostCalls);
        Assert.Equal(0ul, run.FuelLeft);
    }

    [Fact]
    public void Call_CostExactlyTheFuel_ReturnsWithNothingLeft()
    {
        const string Wat = """(module (func (export "run") (result i32) (i32.add (i32.const 1) (i32.const 2))))""";
        var cost = PlainWasmtime.Run(Wat, 1000).FuelUsed;

        var run = PlainWasmtime.Run(Wat, cost);

        Assert.Null(run.Failure);
        Assert.Equal(0ul, run.FuelLeft);
    }

    [Fact]
    public void Call_Unreachable_CountsExactly()
    {
        const string Body = "(local.set 0 (i32.const 10)) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))";
        var returning = PlainWasmtime.Run($"""(module (func (export "run") (local i32) {Body}))""", 1000);

        var trapping = PlainWasmtime.Run($"""(module (func (export "run") (local i32) {Body} unreachable))""", 1000);

        Assert.Equal(TrapCode.Unreachable, trapping.Trap);
        Assert.Equal(returning.FuelUsed, trapping.FuelUsed);
    }

    [Theory]
    [InlineData("(drop (i32.div_u (i32.const 1) (local.get $zero)))", TrapCode.IntegerDivisionByZero)]
    [InlineData("(drop (i32.load (i32.add (local.get $zero) (i32.const 65536))))", TrapCode.MemoryOutOfBounds)]
    [InlineData("(drop (i32.trunc_f32_s (f32.div (f32.const 0) (f32.convert_i32_s (local.get $zero)))))", TrapCode.BadConversionToInteger)]
    public void Call_HardwareTrap_LosesFuelSinceTheLastSync(string trapping, TrapCode code)
    {
        var work = string.Concat(Enumerable.Repeat("(local.set $zero (i32.mul (local.get $zero) (i32.const 3)))", 100));
        var wat = $$"""
            (module (memory 1)
              (func $work (param $zero i32) {{work}} {{trapping}})
              (func (export "run") (call $work (i32.const 0))))
            """;

        var runs = Enumerable.Range(0, 5).Select(_ => PlainWasmtime.Run(wat, 10_000)).ToList();

        Assert.All(runs, run => Assert.Equal(code, run.Trap));
        // The 400 instructions of $work are not in it, but it is the same every time.
        Assert.All(runs, run => Assert.InRange(run.FuelUsed, 1ul, 99ul));
        Assert.Single(runs.Select(run => run.FuelUsed).Distinct());
    }

    [Fact]
    public void Call_FuelSetByTheHost_IsWhatTheGuestHas()
    {
        var run = PlainWasmtime.Run(
            """
            (module
              (import "h" "set" (func $set (param i64)))
              (import "h" "fuel" (func $fuel (result i64)))
              (func (export "run") (result i64)
                (call $set (i64.const 77))
                (call $fuel)))
            """,
            1000);

        // One instruction passed between the two calls: the second call itself.
        Assert.Equal(76L, run.Result);
        Assert.Equal(76ul, run.FuelLeft);
    }

    [Fact]
    public void Call_FuelSeenByTheHost_IsExactAtEachCall()
    {
        var run = PlainWasmtime.Run(
            """(module (import "h" "fuel" (func $fuel (result i64))) (func (export "run") (result i64 i64) (call $fuel) (call $fuel)))""",
            1000);

        Assert.Equal([998L, 997L], Assert.IsType<object?[]>(run.Result));
    }

    [Fact]
    public void Call_ExceptionInTheHost_ArrivesAsInnerException()
    {
        var run = PlainWasmtime.Run("""(module (import "h" "throw" (func $throw)) (func (export "run") (call $throw)))""", 1000);

        Assert.IsNotType<TrapException>(run.Failure);
        Assert.IsType<InvalidOperationException>(run.Failure?.InnerException);
    }

    [Theory]
    [InlineData("(memory.fill (i32.const 0) (i32.const 7) (i32.const {0}))")]
    [InlineData("(memory.copy (i32.const 8) (i32.const 0) (i32.const {0}))")]
    [InlineData("(memory.init $data (i32.const 0) (i32.const 0) (i32.const {0}))")]
    [InlineData("(table.fill (i32.const 0) (ref.null func) (i32.const {0}))")]
    [InlineData("(table.copy (i32.const 8) (i32.const 0) (i32.const {0}))")]
    [InlineData("(table.init $elements (i32.const 0) (i32.const 0) (i32.const {0}))")]
    [InlineData("(drop (table.grow (ref.null func) (i32.const {0})))")]
    [InlineData("(drop (memory.grow (i32.const {0})))")]
    public void Call_BulkOperation_CostsOneForEachByteOrElement(string operation)
    {
        var module = $"""(module (memory 1) (table 100 funcref) (data $data "{new string('x', 64)}") (elem $elements func {string.Concat(Enumerable.Repeat("$run ", 64))}) (func $run (export "run") {operation}))""";

        var one = PlainWasmtime.Run(module.Replace("{0}", "1", StringComparison.Ordinal), 1000);
        var many = PlainWasmtime.Run(module.Replace("{0}", "64", StringComparison.Ordinal), 1000);

        Assert.Null(one.Failure);
        Assert.Null(many.Failure);
        Assert.Equal(63ul, many.FuelUsed - one.FuelUsed);
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("nan")]
    [InlineData("unoptimized")]
    [InlineData("size")]
    [InlineData("copy-on-write")]
    [InlineData("pooling")]
    public void Call_OtherSettings_SameFuel(string setting)
    {
        var config = PlainWasmtime.Metered();
        using var pooling = new PoolingAllocationConfig();
        config = setting switch
        {
            "epoch" => config.WithEpochInterruption(true),
            "nan" => config.WithCraneliftNaNCanonicalization(true),
            "unoptimized" => config.WithOptimizationLevel(OptimizationLevel.None),
            "size" => config.WithOptimizationLevel(OptimizationLevel.SpeedAndSize),
            "copy-on-write" => config.WithMemoryInitCopyOnWrite(true),
            _ => config.WithPoolingAllocationStrategy(pooling),
        };

        var run = PlainWasmtime.Run(Countdown, 100_000, config);

        Assert.Null(run.Failure);
        Assert.Equal(PlainWasmtime.Run(Countdown, 100_000).FuelUsed, run.FuelUsed);
    }
}
