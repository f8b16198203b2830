using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A guest, prepared in our sandbox.</summary>
internal sealed class BenchGuest : IDisposable
{
    private const long MiB = 1024 * 1024;
    private static readonly DeterministicLimits Limits = new(
        MemoryBytes: 512 * MiB,
        Instructions: 1_000_000_000_000,
        StdoutBytes: 16 * MiB,
        StderrBytes: MiB,
        TableElements: 1_000_000,
        ScratchBytes: 128 * MiB,
        ScratchEntries: 16_384,
        Descriptors: 1024);

    private readonly WasmSandbox _sandbox = new(new SandboxOptions());
    private readonly ModuleLease _lease;
    private readonly ExecutionRequest _request;

    /// <summary>An exported function.</summary>
    public BenchGuest(byte[] module, string entrypoint, params int[] arguments)
        : this(module, entrypoint, new Invocation { FunctionArguments = [.. arguments.Select(argument => new ScalarValue(ScalarType.I32, (uint)argument))], Limits = Limits }, null)
    {
    }

    /// <summary>A command.</summary>
    public BenchGuest(BenchCommand command)
        : this(command.Module, ModuleDescription.CommandEntrypoint, new Invocation { Arguments = command.Arguments, Environment = command.Environment, Limits = Limits }, command.ToBundle())
    {
    }

    private BenchGuest(byte[] module, string entrypoint, Invocation invocation, Bundle? bundle)
    {
        var digest = Digest.Of(module);
        _lease = _sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None).GetAwaiter().GetResult();
        _request = new ExecutionRequest
        {
            Module = digest,
            Entrypoint = entrypoint,
            Invocation = invocation with { Bundle = bundle?.Digest },
            Bundle = bundle,
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    public ExecutionResult.Conclusive Run() => _sandbox.Execute(_lease, _request, CancellationToken.None) switch
    {
        ExecutionResult.Conclusive conclusive => conclusive,
        var other => throw new InvalidOperationException($"The run is {other}."),
    };

    public void Dispose()
    {
        _lease.Dispose();
        _sandbox.Dispose();
    }
}
