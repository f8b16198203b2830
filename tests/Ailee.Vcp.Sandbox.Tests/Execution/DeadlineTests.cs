using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>The deadline ends a guest wherever it is, and is never an outcome. A deadline of zero is over when the guest begins.</summary>
public sealed class DeadlineTests(SandboxFixture fixture)
{
    private const string Yield = """(import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))""";

    [Theory]
    [InlineData("""(func (export "run") (loop $again (br $again)))""")]
    [InlineData("""(func (export "run") (loop $again (drop (call $yield)) (br $again)))""")]
    [InlineData("""(func $spin (export "run") (return_call $spin))""")]
    [InlineData("""(func $start (loop $again (br $again))) (start $start) (func (export "run"))""")]
    [InlineData("""(func $start (drop (call $yield))) (start $start) (func (export "run"))""")]
    public async Task Execute_PastTheDeadline_Timeout(string functions)
    {
        var result = await fixture.RunAsync($"(module {Yield} {functions})", invocation: Unlimited, timeout: TimeSpan.Zero);

        AssertInconclusive(InconclusiveReason.Timeout, result);
    }

    [Fact]
    public async Task Execute_EndlessLoop_TimeoutThoughInstructionsAreLeft()
    {
        var result = await fixture.RunAsync("""(module (func (export "run") (loop $again (br $again))))""", invocation: Unlimited, timeout: TimeSpan.FromMilliseconds(50));

        AssertInconclusive(InconclusiveReason.Timeout, result);
    }

    [Fact]
    public async Task Execute_HostCallsWithoutALoop_Timeout()
    {
        var calls = string.Concat(Enumerable.Repeat("(drop (call $yield))", 50_000));

        var result = await fixture.RunAsync($"""(module {Yield} (func (export "run") {calls}))""", invocation: Unlimited, timeout: TimeSpan.Zero);

        AssertInconclusive(InconclusiveReason.Timeout, result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unreachable")]
    [InlineData("(drop (i32.div_u (i32.const 1) (i32.const 0)))")]
    public async Task Execute_EndPastTheDeadline_Timeout(string body)
    {
        var result = await fixture.RunAsync($"""(module (func (export "run") {body}))""", timeout: TimeSpan.Zero);

        AssertInconclusive(InconclusiveReason.Timeout, result);
    }

    [Fact]
    public async Task Execute_OutOfFuelPastTheDeadline_Timeout()
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Instructions = 0 } };

        var result = await fixture.RunAsync("""(module (func (export "run")))""", invocation: invocation, timeout: TimeSpan.Zero);

        AssertInconclusive(InconclusiveReason.Timeout, result);
    }

    [Fact]
    public async Task RandomGet_DeadlineWhileItFills_StopsBeforeTheEnd()
    {
        const int Length = 256 * 1024 * 1024;
        using var parts = new SandboxParts();
        var wat = $$"""
            (module
              (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
              (memory (export "memory") {{Length / SandboxFixture.PageBytes}})
              (func (export "run") (drop (call $random (i32.const 0) (i32.const {{Length}})))))
            """;
        var module = parts.Compile(wat);
        var request = SandboxFixture.Request(SandboxFixture.Wat(wat), "run", Unlimited, timeout: TimeSpan.FromMilliseconds(5));

        var (reason, lastByte) = await fixture.OnGuestThreadAsync(() => Call(parts, module, request, Length - 1));
        module.Release();

        // Thousands of times the deadline would be needed to hash that far.
        Assert.Equal(StopReason.Timeout, reason);
        Assert.Equal(0, lastByte);
    }

    private static (StopReason Reason, byte LastByte) Call(SandboxParts parts, CompiledModule module, ExecutionRequest request, int address)
    {
        using var state = new GuestState(request, CancellationToken.None);
        using var store = new Store(parts.Engine.Wasmtime, state);
        store.Fuel = long.MaxValue;
        store.SetEpochDeadline(ulong.MaxValue / 2);
        var instance = parts.Host.Linker.Instantiate(store, module.Module);
        state.Memory = instance.GetMemory(ModuleBinary.MemoryExport);

        Assert.Throws<WasmtimeException>(() => instance.GetAction("run")!());

        return (state.Stop, state.Memory!.ReadByte(address));
    }

    private static Invocation Unlimited => SandboxFixture.Function() with
    {
        Limits = SandboxFixture.DefaultLimits with { Instructions = 1_000_000_000_000_000 },
    };

    private static void AssertInconclusive(InconclusiveReason reason, ExecutionResult result) =>
        Assert.Equal(reason, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
}
