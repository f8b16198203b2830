using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class CancellationTests(SandboxFixture fixture) : IDisposable
{
    private const string Imports = """
        (import "wasi_snapshot_preview1" "reached" (func $reached (result i32)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        """;

    private static readonly Invocation Unlimited = SandboxFixture.Function() with
    {
        Limits = SandboxFixture.DefaultLimits with { Instructions = 1_000_000_000_000_000 },
    };

    private readonly SandboxParts _parts = new();
    private readonly CancellationTokenSource _cancellation = new();

    [Theory]
    [InlineData("(loop $again (br $again))")]
    [InlineData("(loop $again (drop (call $yield)) (br $again))")]
    [InlineData("(drop (call $yield))")]
    public async Task Run_CancelledBefore_Cancelled(string body)
    {
        await _cancellation.CancelAsync();

        var result = await fixture.RunAsync(
            $"""(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32))) (func (export "run") {body}))""",
            invocation: Unlimited,
            cancellationToken: _cancellation.Token);

        AssertCancelled(result);
    }

    [Theory]
    [InlineData("""(func (export "run") (drop (call $reached)) (loop $again (br $again)))""")]
    [InlineData("""(func (export "run") (drop (call $reached)) (loop $again (drop (call $yield)) (br $again)))""")]
    [InlineData("""(func $start (drop (call $reached)) (loop $again (br $again))) (start $start) (func (export "run"))""")]
    public async Task Run_CancelledByAnotherThreadWhileItRuns_Cancelled(string functions)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _parts.Host.Preview1.Define("reached", _ =>
        {
            reached.SetResult();
            return 0;
        });

        var run = _parts.RunAsync(fixture, $"(module {Imports} {functions})", Unlimited, _cancellation.Token);
        await reached.Task;
        await _cancellation.CancelAsync();

        AssertCancelled(await run);
    }

    [Fact]
    public async Task Run_CancelledAmongHostCallsWithoutALoop_NextCallEndsIt()
    {
        _parts.Host.Preview1.Define("reached", _ =>
        {
            _cancellation.Cancel();
            return 0;
        });

        var result = await _parts.RunAsync(
            fixture,
            $"""(module {Imports} (func (export "run") (drop (call $reached)) (drop (call $yield)) unreachable))""",
            Unlimited,
            _cancellation.Token);

        AssertCancelled(result);
    }

    [Fact]
    public async Task Run_AfterACancelledRun_SameSandboxRunsOn()
    {
        const string Wat = """(module (func (export "run") (param i32) (result i32) (loop (br_if 0 (local.get 0))) (i32.const 42)))""";
        await _cancellation.CancelAsync();
        for (var i = 0; i < 4; i++)
        {
            AssertCancelled(await fixture.RunAsync(Wat, invocation: Unlimited with { FunctionArguments = [SandboxFixture.I32(1)] }, cancellationToken: _cancellation.Token));
        }

        var result = await fixture.ConcludeAsync(Wat, invocation: Unlimited with { FunctionArguments = [SandboxFixture.I32(0)] });

        Assert.Equal([SandboxFixture.I32(42)], result.Output.Results);
    }

    public void Dispose()
    {
        _parts.Dispose();
        _cancellation.Dispose();
    }

    private static void AssertCancelled(ExecutionResult result) =>
        Assert.Equal(InconclusiveReason.Cancelled, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
}
