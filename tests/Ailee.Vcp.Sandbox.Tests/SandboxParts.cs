using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Compilation;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>The sandbox's inner parts, so that a test can give guests a host function that no real sandbox has.</summary>
internal sealed class SandboxParts : IDisposable
{
    public SandboxParts(SandboxOptions? options = null)
    {
        Host = new WasiHost(Engine.Wasmtime);
        Loader = new ModuleLoader(Engine, Host, options ?? new SandboxOptions());
    }

    public SandboxEngine Engine { get; } = new();

    public WasiHost Host { get; }

    public ModuleCompiler Compiler { get; } = new();

    public ModuleLoader Loader { get; }

    public CompiledModule Compile(string wat)
    {
        var bytes = SandboxFixture.Wat(wat);
        return Loader.Load(Digest.Of(bytes), Compiler.Compile(bytes))!;
    }

    public Task<ExecutionResult> RunAsync(SandboxFixture fixture, string wat, Invocation? invocation = null, CancellationToken cancellationToken = default) =>
        fixture.OnGuestThreadAsync(() =>
        {
            var module = Compile(wat);
            try
            {
                var request = SandboxFixture.Request(SandboxFixture.Wat(wat), "run", invocation ?? SandboxFixture.Function());
                return new GuestRunner(Engine, Host).Run(module, request, cancellationToken);
            }
            finally
            {
                module.Release();
            }
        });

    public void Dispose()
    {
        Compiler.Dispose();
        Host.Dispose();
        Engine.Dispose();
    }
}
