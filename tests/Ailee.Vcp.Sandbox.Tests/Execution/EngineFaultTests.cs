using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>What goes wrong in the host says nothing about the guest, whatever the guest does.</summary>
public sealed class EngineFaultTests(SandboxFixture fixture) : IDisposable
{
    private const string Import = """(import "wasi_snapshot_preview1" "fault" (func $fault (result i32)))""";

    private readonly SandboxParts _parts = new();

    [Theory]
    [InlineData("""(func (export "run") (drop (call $fault)))""")]
    [InlineData("""(func $start (drop (call $fault))) (start $start) (func (export "run"))""")]
    public async Task Run_HostFunctionThrows_IsEngineFault(string functions)
    {
        _parts.Host.Preview1.Define("fault", _ => throw new InvalidOperationException("thrown by the host"));

        var result = await _parts.RunAsync(fixture, $"(module {Import} {functions})");

        AssertFault(result);
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(IndexOutOfRangeException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Run_HostFunctionThrowsAnything_IsEngineFault(Type type)
    {
        _parts.Host.Preview1.Define("fault", _ => throw (Exception)Activator.CreateInstance(type)!);

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_StopExceptionWithoutAReason_IsEngineFault()
    {
        _parts.Host.Preview1.Define("fault", _ => throw new GuestStopException());

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_OtherExceptionAfterAReason_IsEngineFault()
    {
        _parts.Host.Preview1.Define("fault", caller =>
        {
            ((GuestState)caller.GetData()!).StopFor(StopReason.OutOfFuel);
            throw new InvalidOperationException("not the stop itself");
        });

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_FailureAfterTheGuestReturned_IsEngineFault()
    {
        _parts.Host.Preview1.Define("fault", caller =>
        {
            using var gone = new Store(_parts.Engine.Wasmtime);
            ((GuestState)caller.GetData()!).Memory = new Memory(gone, 1);
            return 0;
        });

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_AfterAFault_SameThreadRunsOn()
    {
        _parts.Host.Preview1.Define("fault", _ => throw new InvalidOperationException("thrown by the host"));
        for (var i = 0; i < 4; i++)
        {
            AssertFault(await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))"""));
        }

        var result = await _parts.RunAsync(fixture, """(module (func (export "run") unreachable))""");

        Assert.Equal(Outcome.Trapped, Assert.IsType<ExecutionResult.Conclusive>(result).Outcome);
    }

    [Fact]
    public async Task Execute_MemoryAboveTheTasksLimitFromTheStart_IsEngineFault()
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { MemoryBytes = SandboxFixture.PageBytes } };

        var result = await fixture.RunAsync("""(module (memory 2) (func (export "run")))""", invocation: invocation);

        AssertFault(result);
    }

    [Theory]
    [InlineData("missing", "")]
    [InlineData("memory", "(memory (export \"memory\") 1)")]
    [InlineData("run", "(func (export \"run\") (param i32))")]
    [InlineData("run", "(func (export \"run\") (result v128) (v128.const i64x2 0 0))")]
    [InlineData("run", "(func (export \"run\") (result funcref) (ref.null func))")]
    [InlineData("run", "(func (export \"run\") (result i32 externref) (i32.const 0) (ref.null extern))")]
    public async Task Execute_EntrypointThatCannotBeCalled_FaultsBeforeTheStartFunction(string entrypoint, string fields)
    {
        // Had the start function run, it would have ended the run as out of fuel.
        var result = await fixture.RunAsync($"(module (func $start (loop $again (br $again))) (start $start) {fields})", entrypoint);

        AssertFault(result);
    }

    [Theory]
    [InlineData("(param i32)")]
    [InlineData("(result i32)")]
    public async Task Execute_CommandWithParametersOrResults_FaultsBeforeTheStartFunction(string type)
    {
        var result = await fixture.RunAsync(
            $"""(module (func $start (loop $again (br $again))) (start $start) (func (export "_start") {type} unreachable))""",
            "_start",
            SandboxFixture.Command());

        AssertFault(result);
    }

    [Theory]
    [InlineData(ScalarType.I64)]
    [InlineData(ScalarType.F32)]
    [InlineData(ScalarType.F64)]
    public async Task Execute_ArgumentOfAnotherType_IsNotConverted(ScalarType type)
    {
        var result = await fixture.RunAsync(
            """(module (func (export "run") (param i32)))""",
            invocation: SandboxFixture.Function(new ScalarValue(type, 0)));

        AssertFault(result);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Execute_AnotherNumberOfArguments_IsEngineFault(int count)
    {
        var result = await fixture.RunAsync(
            """(module (func (export "run") (param i32 i32)))""",
            invocation: SandboxFixture.Function([.. Enumerable.Repeat(SandboxFixture.I32(1), count)]));

        AssertFault(result);
    }

    public void Dispose() => _parts.Dispose();

    private static void AssertFault(ExecutionResult result) =>
        Assert.Equal(InconclusiveReason.EngineFault, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
}
