using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class DeterminismTests : IDisposable
{
    private static readonly byte[] Everything = SandboxFixture.Wat(SandboxFixture.Guest("everything.wat"));

    private static readonly byte[] Stdin = [.. Enumerable.Range(0, 2500).Select(i => (byte)(i * 7))];

    private static readonly Invocation Invocation = SandboxFixture.Command("one", "two") with
    {
        Environment = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
        Seed = Enumerable.Repeat((byte)0x5a, 32).ToArray(),
        ClockNanoseconds = 1_700_000_000_000_000_000,
    };

    private readonly GuestThreads _threads = new(2);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vcp-determinism-");

    [Fact]
    public async Task Execute_TwentyTimesOnTwoThreads_SamePayloadBytes()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync(sandbox)));

        Assert.Single(runs.Select(PayloadHex).Distinct());
        Assert.Single(runs.Select(run => Convert.ToHexString(run.Stdout.Span)).Distinct());
        Assert.All(runs, run => Assert.Equal(Outcome.Completed, run.Outcome));
    }

    [Fact]
    public async Task Execute_CompiledCachedOrFromDisk_SamePayloadBytes()
    {
        var key = new byte[32];
        using var compiling = new WasmSandbox(new SandboxOptions(), _directory.FullName, key);
        var compiled = await RunAsync(compiling);
        var cached = await RunAsync(compiling);
        using var reading = new WasmSandbox(new SandboxOptions(), _directory.FullName, key);
        var fromDisk = await RunAsync(reading);
        using var fresh = new WasmSandbox(new SandboxOptions());
        var again = await RunAsync(fresh);

        Assert.Equal(1, compiling.CacheStatistics.MemoryHits);
        Assert.Equal(1, reading.CacheStatistics.DiskHits);
        Assert.Equal(0, reading.CacheStatistics.Compilations);
        Assert.Single(new[] { compiled, cached, fromDisk, again }.Select(PayloadHex).Distinct());
    }

    [Fact]
    public async Task Execute_OtherInvocation_OtherPayload()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        Invocation[] invocations =
        [
            Invocation,
            Invocation with { Arguments = ["one", "twO"] },
            Invocation with { Environment = new Dictionary<string, string> { ["A"] = "1" } },
            Invocation with { Seed = new byte[32] },
            Invocation with { ClockNanoseconds = 0 },
            Invocation with { Limits = SandboxFixture.DefaultLimits with { MemoryBytes = 8 * SandboxFixture.PageBytes } },
            Invocation with { Limits = SandboxFixture.DefaultLimits with { TableElements = 5 } },
        ];

        var runs = new List<ExecutionResult.Conclusive>();
        foreach (var invocation in invocations)
        {
            runs.Add(await RunAsync(sandbox, invocation));
        }

        Assert.Equal(runs.Count, runs.Select(PayloadHex).Distinct().Count());
    }

    [Fact]
    public async Task ToPayload_Run_CommitsToEverything()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var run = await RunAsync(sandbox);

        var payload = run.ToPayload(new TaskId(Guid.Empty), default);

        Assert.Equal(Digest.Of(Everything), payload.Module);
        Assert.Equal(Sandbox.Engine.EngineProfile.Digest, payload.Profile);
        Assert.Equal("_start", payload.Entrypoint);
        Assert.Equal(Digest.Of(run.Request.Invocation.Encode()), payload.Input);
        Assert.Equal(Digest.Of(run.Output.Encode()), payload.Output);
        Assert.Equal(run.Trace.Root, payload.TraceRoot);
        Assert.Equal(run.Instructions, payload.Instructions);
        Assert.Equal(ExecutionHash.Compute(payload), payload.ExecutionHash);
    }

    [Theory]
    [InlineData("(f32.div (f32.const 0) (local.get 0))", "f32", 0x7fc00000)]
    [InlineData("(f32.sqrt (f32.sub (local.get 0) (f32.const 1)))", "f32", 0x7fc00000)]
    [InlineData("(f32.add (f32.const nan:0x200001) (local.get 0))", "f32", 0x7fc00000)]
    [InlineData("(f32.min (f32.const -nan:0x3) (local.get 0))", "f32", 0x7fc00000)]
    [InlineData("(f64.promote_f32 (f32.const -nan:0x200001))", "f64", 0x7ff8000000000000)]
    [InlineData("(f64.sub (f64.const inf) (f64.const inf))", "f64", 0x7ff8000000000000)]
    [InlineData("(f64.mul (f64.const -nan:0x8000000000123) (f64.promote_f32 (local.get 0)))", "f64", 0x7ff8000000000000)]
    [InlineData("(f32x4.extract_lane 2 (f32x4.div (f32x4.splat (local.get 0)) (f32x4.splat (local.get 0))))", "f32", 0x7fc00000)]
    public async Task Execute_ArithmeticThatGivesNaN_CanonicalNaN(string expression, string type, ulong bits)
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = SandboxFixture.Wat($"""(module (func (export "run") (param f32) (result {type}) {expression}))""");
        var request = SandboxFixture.Request(module, "run", SandboxFixture.Function(new ScalarValue(ScalarType.F32, 0)));

        var result = Assert.IsType<ExecutionResult.Conclusive>(await SandboxFixture.RunOnAsync(sandbox, _threads, module, request));

        Assert.Equal(bits, Assert.Single(result.Output.Results).Bits);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _directory.Delete(recursive: true);
    }

    // The bytes that are signed, with everything that a run does not decide held fixed.
    private static string PayloadHex(ExecutionResult.Conclusive run)
    {
        using var key = SigningKey.FromSeed(new byte[32]);
        var statement = SignedStatement.Sign(key, run.ToPayload(new TaskId(Guid.Empty), default), 0, 0);
        return Convert.ToHexString(statement.Envelope.Payload.Span);
    }

    private async Task<ExecutionResult.Conclusive> RunAsync(WasmSandbox sandbox, Invocation? invocation = null)
    {
        var request = SandboxFixture.Request(Everything, "_start", invocation ?? Invocation, Stdin);
        return Assert.IsType<ExecutionResult.Conclusive>(await SandboxFixture.RunOnAsync(sandbox, _threads, Everything, request));
    }
}
