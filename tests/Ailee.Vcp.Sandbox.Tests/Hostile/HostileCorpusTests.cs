using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Hostile;

/// <summary>Every guest of the hostile corpus, twice, and a good one after it.</summary>
public sealed class HostileCorpusTests(HostileCorpusTests.Fixture fixture) : IClassFixture<HostileCorpusTests.Fixture>
{
    private const string Good = """(module (memory 1) (func (export "run") (result i32) (i32.store (i32.const 0) (i32.const 6)) (i32.mul (i32.load (i32.const 0)) (i32.const 7))))""";

    public static TheoryData<string> Guests => [.. HostileGuest.Names];

    [Theory]
    [MemberData(nameof(Guests))]
    public async Task Run_Twice_EndsAsPromisedWithinItsLimits(string name)
    {
        var guest = HostileGuest.Read(name);
        if (guest.Expected.StartsWith("refused ", StringComparison.Ordinal))
        {
            var refusal = await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, SandboxFixture.Wat(guest.Text)));
            guest.Check(HostileRun.Of($"refused {refusal.Code}"));
            return;
        }

        var first = await RunAsync(guest);
        var second = await RunAsync(guest);

        if (guest.Expected.StartsWith("task-refused ", StringComparison.Ordinal))
        {
            // What no server passes on to a node; nothing may be signed if one does.
            Assert.Equal(InconclusiveReason.EngineFault, Assert.IsType<ExecutionResult.Inconclusive>(first).Reason);
            return;
        }

        guest.Check(Describe(first));
        guest.Check(Describe(second));
        Assert.Equal(Commitments(first), Commitments(second));
        await AssertFineAsync();
    }

    private static (Core.Digest Trace, Core.Digest Output, long Instructions)? Commitments(ExecutionResult result) =>
        result is ExecutionResult.Conclusive run ? (run.Trace.Root, run.OutputDigest, run.Instructions) : null;

    private static HostileRun Describe(ExecutionResult result)
    {
        if (result is not ExecutionResult.Conclusive run)
        {
            return HostileRun.Of($"inconclusive {((ExecutionResult.Inconclusive)result).Reason.ToName()}");
        }

        return new HostileRun(
            $"{run.Outcome.ToName()} {run.Output.Trap}".Trim(),
            [.. run.Output.Results.Select(value => value.ToString())],
            run.ExitCode == StatementPayload.NoExit ? null : run.ExitCode,
            new Dictionary<string, long>
            {
                ["instructions"] = run.Instructions,
                ["memory"] = run.MemoryPages * SandboxFixture.PageBytes,
                ["stdout"] = run.Stdout.Length,
                ["stderr"] = run.Stderr.Length,
                ["calls"] = DecodedTrace.Of(run.Trace).Calls.Count,
            });
    }

    private Task<ExecutionResult> RunAsync(HostileGuest guest)
    {
        var options = HostileGuest.Options;
        var limits = new DeterministicLimits(
            guest.MemoryBytes, guest.Instructions, options.StdoutBytes, options.StderrBytes, options.TableElements, guest.ScratchBytes, options.ScratchEntries, options.Descriptors);
        var stdin = guest.TakesBytes ? System.Text.Encoding.UTF8.GetBytes(HostileGuest.Input) : null;
        var invocation = new Invocation { Limits = limits, PassesBytes = guest.TakesBytes, FunctionArguments = guest.TakesBytes ? null : [] };
        return fixture.RunAsync(guest.Text, invocation, stdin, TimeSpan.FromMilliseconds(guest.TimeoutMs));
    }

    private async Task AssertFineAsync()
    {
        var result = Assert.IsType<ExecutionResult.Conclusive>(await fixture.RunAsync(Good, SandboxFixture.Function(), null, TimeSpan.FromMinutes(1)));

        Assert.Equal([SandboxFixture.I32(42)], result.Output.Results);
        Assert.Equal(fixture.GoodInstructions ??= result.Instructions, result.Instructions);
    }

    /// <summary>A sandbox with the corpus' limits, and the cost of the good guest when it ran first.</summary>
    public sealed class Fixture : IDisposable
    {
        private readonly GuestThreads _threads = new(2);

        public WasmSandbox Sandbox { get; } = new(HostileGuest.Options);

        public long? GoodInstructions { get; set; }

        public Task<ExecutionResult> RunAsync(string wat, Invocation invocation, byte[]? stdin, TimeSpan timeout)
        {
            var module = SandboxFixture.Wat(wat);
            return SandboxFixture.RunOnAsync(Sandbox, _threads, module, SandboxFixture.Request(module, HostileGuest.Entrypoint, invocation, stdin, timeout));
        }

        public void Dispose()
        {
            _threads.Dispose();
            Sandbox.Dispose();
        }
    }
}
