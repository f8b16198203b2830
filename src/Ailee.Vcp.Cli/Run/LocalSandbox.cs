using System.Runtime.InteropServices;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Cli.Run;

/// <summary>The sandbox within this process, for one module.</summary>
internal sealed class LocalSandbox : IDisposable
{
    private readonly WasmSandbox _sandbox;
    private readonly GuestThreads _threads = new(1);

    public LocalSandbox(SandboxOptions options) => _sandbox = new WasmSandbox(options);

    /// <exception cref="ModuleException">The text is not a module.</exception>
    public Task<ReadOnlyMemory<byte>> ConvertTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) =>
        _sandbox.ConvertTextAsync(text, cancellationToken);

    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public Task<ModuleLease> PrepareAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken) =>
        _sandbox.PrepareAsync(Digest.Of(module.Span), _ => Task.FromResult(module), cancellationToken);

    /// <summary>Runs; Ctrl-C cancels the guest.</summary>
    public async Task<ExecutionResult> RunAsync(ModuleLease module, ExecutionRequest request, CancellationToken cancellationToken)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupt.Cancel();
        });
        return await _threads.RunAsync(() => _sandbox.Execute(module, request, interrupt.Token));
    }

    public void Dispose()
    {
        _threads.Dispose();
        _sandbox.Dispose();
    }
}
