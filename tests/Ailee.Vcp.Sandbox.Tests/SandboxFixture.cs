using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>A real sandbox and a thread to run guests on. Helpers take modules as text.</summary>
public sealed class SandboxFixture : IDisposable
{
    public static readonly DeterministicLimits DefaultLimits = new(16 * 1024 * 1024, 50_000_000, 1024 * 1024, 64 * 1024, 10_000);

    private readonly GuestThreads _threads = new(2);

    public WasmSandbox Sandbox { get; } = new(new SandboxOptions());

    public static byte[] Wat(string text) => WasmSandbox.ConvertText(text);

    public static string Guest(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Modules", name));

    public Task<ExecutionResult> RunAsync(
        byte[] module,
        string entrypoint,
        Invocation? invocation = null,
        byte[]? stdin = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        RunOnAsync(Sandbox, _threads, module, entrypoint, invocation, stdin, timeout, cancellationToken);

    public static async Task<ExecutionResult> RunOnAsync(
        WasmSandbox sandbox,
        GuestThreads threads,
        byte[] module,
        string entrypoint,
        Invocation? invocation = null,
        byte[]? stdin = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var digest = Digest.Of(module);
        using var lease = await sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None);
        var request = new ExecutionRequest
        {
            Module = digest,
            Entrypoint = entrypoint,
            Invocation = (invocation ?? new Invocation { Limits = DefaultLimits }) with { Stdin = Blob.Of(stdin) },
            Stdin = stdin,
            Timeout = timeout ?? TimeSpan.FromSeconds(60),
        };
        return await threads.RunAsync(() => sandbox.Execute(lease, request, cancellationToken));
    }

    public async Task<ExecutionResult.Conclusive> ConcludeAsync(string wat, string entrypoint = "run", Invocation? invocation = null, byte[]? stdin = null)
    {
        var result = await RunAsync(Wat(wat), entrypoint, invocation ?? Function(), stdin);
        return Assert.IsType<ExecutionResult.Conclusive>(result);
    }

    public static Invocation Function(params ScalarValue[] arguments) => new() { FunctionArguments = arguments, Limits = DefaultLimits };

    public static Invocation Command(params string[] arguments) => new() { Arguments = arguments, Limits = DefaultLimits };

    public void Dispose()
    {
        _threads.Dispose();
        Sandbox.Dispose();
    }
}
