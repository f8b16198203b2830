using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Node.Tests;

/// <summary>Agreement of repeated runs. The sandbox is deterministic, so runs that disagree are runs of different invocations.</summary>
public sealed class RepeatedRunTests : IDisposable
{
    /// <summary>Asks the time, then for random bytes, and returns the first of them; exits, if it is told to, before that.</summary>
    private const string Guest = """
        (module
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "run") (param $silent i32) (result i32)
            (drop (call $yield))
            (if (local.get $silent) (then (return (i32.const 0))))
            (drop (call $random (i32.const 0) (i32.const 8)))
            (i32.load (i32.const 0))))
        """;

    private readonly GuestThreads _threads = new(1);
    private readonly WasmSandbox _sandbox = new(new SandboxOptions());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task Make_RunsThatAgree_GivesTheFirstWithTheTimeOfAll(int runs)
    {
        var results = new List<ExecutionResult>();

        var (result, divergence) = await MakeAsync(runs, number =>
        {
            results.Add(Execute(0, 0) with { WallTime = TimeSpan.FromSeconds(number) });
            return results[^1];
        });

        Assert.Null(divergence);
        Assert.Equal((runs, TimeSpan.FromSeconds(runs * (runs + 1) / 2)), (results.Count, result.WallTime));
        Assert.Same(((ExecutionResult.Conclusive)results[0]).Trace, ((ExecutionResult.Conclusive)result).Trace);
    }

    [Fact]
    public async Task Make_OtherSeed_NamesTheCallAndStopsThere()
    {
        var made = 0;

        var (_, divergence) = await MakeAsync(5, number => Execute(seed: number == 3 ? (byte)1 : (byte)0, silent: 0 * ++made));

        Assert.Equal(3, made);
        Assert.Equal([1, 2, 3], divergence!.Runs.Select(run => run.Number));
        Assert.Equal(divergence.Runs[0].TraceRoot, divergence.Runs[1].TraceRoot);
        Assert.NotEqual(divergence.Runs[0].TraceRoot, divergence.Runs[2].TraceRoot);
        Assert.Equal(("moved", 1, 1L), (divergence.Field, divergence.Leaf, divergence.Record));
        Assert.Equal(("random_get", "random_get"), (divergence.First!.Call!.Name, divergence.Second!.Call!.Name));
        Assert.NotEqual(divergence.First.Call.Moved, divergence.Second.Call.Moved);
    }

    [Fact]
    public async Task Make_OneEndsEarlier_ShowsTheCallAndTheEnd()
    {
        var (_, divergence) = await MakeAsync(2, number => Execute(0, silent: number == 2 ? 1 : 0));

        Assert.Equal(("end", 1L), (divergence!.Field, divergence.Record));
        Assert.Equal(("random_get", "completed"), (divergence.First!.Call!.Name, divergence.Second!.Finish!.Outcome));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public async Task Make_OneInconclusive_IsTheResult(int at, int made)
    {
        var count = 0;

        var (result, divergence) = await MakeAsync(3, number =>
        {
            count++;
            return number == at ? new ExecutionResult.Inconclusive { Reason = InconclusiveReason.Timeout, Detail = string.Empty, WallTime = TimeSpan.Zero } : Execute(0, 0);
        });

        Assert.Null(divergence);
        Assert.Equal((made, InconclusiveReason.Timeout), (count, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason));
    }

    public void Dispose()
    {
        _threads.Dispose();
        _sandbox.Dispose();
    }

    private Task<(ExecutionResult Result, Client.Tasks.TaskDivergence? Divergence)> MakeAsync(int runs, Func<int, ExecutionResult> execute)
    {
        var number = 0;
        return _threads.RunAsync(() => RepeatedRun.Make(runs, () => execute(++number)));
    }

    private ExecutionResult.Conclusive Execute(byte seed, int silent)
    {
        var module = WasmSandbox.ConvertText(Guest);
        using var lease = _sandbox.PrepareAsync(Digest.Of(module), _ => Task.FromResult<ReadOnlyMemory<byte>>(module), default).GetAwaiter().GetResult();
        var request = new ExecutionRequest
        {
            Module = Digest.Of(module),
            Entrypoint = "run",
            Invocation = new Invocation
            {
                FunctionArguments = [new ScalarValue(ScalarType.I32, (uint)silent)],
                Seed = Enumerable.Repeat(seed, 32).ToArray(),
                Limits = new DeterministicLimits(1 << 20, 1_000_000, 1000, 1000, 1000, 1000, 10, 10),
            },
            Timeout = TimeSpan.FromMinutes(1),
        };
        return Assert.IsType<ExecutionResult.Conclusive>(_sandbox.Execute(lease, request, default));
    }
}
