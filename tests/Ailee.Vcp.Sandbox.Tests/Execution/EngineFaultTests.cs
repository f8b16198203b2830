using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

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
        _parts.Host.Define("fault", _ => throw new InvalidOperationException("thrown by the host"));

        var result = await _parts.RunAsync(fixture, $"(module {Import} {functions})");

        AssertFault(result);
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(IndexOutOfRangeException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Run_HostFunctionThrowsAnything_IsEngineFault(Type type)
    {
        _parts.Host.Define("fault", _ => throw (Exception)Activator.CreateInstance(type)!);

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_StopExceptionWithoutAReason_IsEngineFault()
    {
        _parts.Host.Define("fault", _ => throw new GuestStopException());

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_OtherExceptionAfterAReason_IsEngineFault()
    {
        _parts.Host.Define("fault", caller =>
        {
            ((GuestState)caller.GetData()!).StopFor(StopReason.OutOfFuel);
            throw new InvalidOperationException("not the stop itself");
        });

        var result = await _parts.RunAsync(fixture, $"""(module {Import} (func (export "run") (drop (call $fault))))""");

        AssertFault(result);
    }

    [Fact]
    public async Task Run_AfterAFault_SameThreadRunsOn()
    {
        _parts.Host.Define("fault", _ => throw new InvalidOperationException("thrown by the host"));
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
    [InlineData("missing")]
    [InlineData("memory")]
    public async Task Execute_EntrypointThatIsNoFunction_IsEngineFault(string entrypoint)
    {
        var result = await fixture.RunAsync("""(module (memory (export "memory") 1) (func (export "run")))""", entrypoint);

        AssertFault(result);
    }

    [Fact]
    public async Task Execute_ArgumentsOfOtherTypes_IsEngineFault()
    {
        var result = await fixture.RunAsync(
            """(module (func (export "run") (param i32)))""",
            invocation: SandboxFixture.Function(SandboxFixture.I64(1)));

        AssertFault(result);
    }

    public void Dispose() => _parts.Dispose();

    private static void AssertFault(ExecutionResult result) =>
        Assert.Equal(InconclusiveReason.EngineFault, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
}
