using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A function guest, prepared in our sandbox.</summary>
internal sealed class BenchGuest : IDisposable
{
    private static readonly DeterministicLimits Limits = new(512L * 1024 * 1024, 1_000_000_000_000, 16 * 1024 * 1024, 1024 * 1024, 1_000_000);

    private readonly WasmSandbox _sandbox = new(new SandboxOptions());
    private readonly ModuleLease _lease;
    private readonly ExecutionRequest _request;

    public BenchGuest(byte[] module, string entrypoint, params int[] arguments)
    {
        var digest = Digest.Of(module);
        _lease = _sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None).GetAwaiter().GetResult();
        _request = new ExecutionRequest
        {
            Module = digest,
            Entrypoint = entrypoint,
            Invocation = new Invocation { FunctionArguments = [.. arguments.Select(argument => new ScalarValue(ScalarType.I32, (uint)argument))], Limits = Limits },
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    public ExecutionResult.Conclusive Run() => (ExecutionResult.Conclusive)_sandbox.Execute(_lease, _request, CancellationToken.None);

    public void Dispose()
    {
        _lease.Dispose();
        _sandbox.Dispose();
    }
}
