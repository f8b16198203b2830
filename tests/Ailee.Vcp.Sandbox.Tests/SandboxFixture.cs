using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

[assembly: AssemblyFixture(typeof(Ailee.Vcp.Sandbox.Tests.SandboxFixture))]

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>A real sandbox and threads to run guests on, shared by all tests. Helpers take modules as text.</summary>
public sealed class SandboxFixture : IDisposable
{
    public const long PageBytes = 65536;

    public static readonly DeterministicLimits DefaultLimits = new(16 * 1024 * 1024, 50_000_000, 1024 * 1024, 64 * 1024, 10_000, 1024 * 1024, 1000, 64);

    // Only a backstop: no test relies on how long anything takes.
    private static readonly TimeSpan Backstop = TimeSpan.FromMinutes(2);

    private readonly GuestThreads _threads = new(2);

    public WasmSandbox Sandbox { get; } = new(new SandboxOptions());

    public static byte[] Wat(string text) => WasmSandbox.ConvertText(text);

    public static string Guest(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Modules", name));

    public static Invocation Function(params ScalarValue[] arguments) => new() { FunctionArguments = arguments, Limits = DefaultLimits };

    public static Invocation Command(params string[] arguments) => new() { Arguments = arguments, Limits = DefaultLimits };

    public static ScalarValue I32(int value) => new(ScalarType.I32, (uint)value);

    public static ScalarValue I64(long value) => new(ScalarType.I64, (ulong)value);

    public static Task<ModuleLease> PrepareAsync(WasmSandbox sandbox, byte[] module, CancellationToken cancellationToken = default) =>
        sandbox.PrepareAsync(Digest.Of(module), _ => Task.FromResult<ReadOnlyMemory<byte>>(module), cancellationToken);

    public static ExecutionRequest Request(byte[] module, string entrypoint, Invocation invocation, byte[]? stdin = null, TimeSpan? timeout = null, Bundle? bundle = null) => new()
    {
        Module = Digest.Of(module),
        Entrypoint = entrypoint,
        Invocation = invocation with { Stdin = Blob.Of(stdin), Bundle = bundle?.Digest },
        Stdin = stdin,
        Bundle = bundle,
        Timeout = timeout ?? Backstop,
    };

    public static async Task<ExecutionResult> RunOnAsync(WasmSandbox sandbox, GuestThreads threads, byte[] module, ExecutionRequest request, CancellationToken cancellationToken = default)
    {
        using var lease = await PrepareAsync(sandbox, module, CancellationToken.None);
        return await threads.RunAsync(() => sandbox.Execute(lease, request, cancellationToken));
    }

    public Task<ExecutionResult> RunAsync(
        string wat,
        string entrypoint = "run",
        Invocation? invocation = null,
        byte[]? stdin = null,
        TimeSpan? timeout = null,
        Bundle? bundle = null,
        CancellationToken cancellationToken = default)
    {
        var module = Wat(wat);
        return RunOnAsync(Sandbox, _threads, module, Request(module, entrypoint, invocation ?? Function(), stdin, timeout, bundle), cancellationToken);
    }

    public async Task<ExecutionResult.Conclusive> ConcludeAsync(string wat, string entrypoint = "run", Invocation? invocation = null, byte[]? stdin = null, Bundle? bundle = null) =>
        Assert.IsType<ExecutionResult.Conclusive>(await RunAsync(wat, entrypoint, invocation, stdin, bundle: bundle));

    public Task<T> OnGuestThreadAsync<T>(Func<T> work) => _threads.RunAsync(work);

    public void Dispose()
    {
        _threads.Dispose();
        Sandbox.Dispose();
    }
}
