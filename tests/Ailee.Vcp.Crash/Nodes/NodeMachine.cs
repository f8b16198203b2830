using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Crash.Nodes;

/// <summary>The machine of all acting nodes: one sandbox.</summary>
internal sealed class NodeMachine : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly WasmSandbox _sandbox = new(new SandboxOptions());
    private readonly GuestThreads _threads = new(1);

    public static TimeProvider Time => TimeProvider.System;

    /// <summary>Runs what was leased and says what came of it.</summary>
    public async Task<LeaseReport> RunAsync(LeaseOffer lease, byte[] module, SigningKey key, ulong counter, CancellationToken cancellationToken)
    {
        var digest = Digest.Parse(lease.Module);
        using var prepared = await _sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), cancellationToken);
        var hash = ContentHash.Find(lease.Hash)!;
        var request = new ExecutionRequest
        {
            Module = digest,
            Hash = hash,
            ModuleDigest = hash.Of(module),
            Entrypoint = lease.Entrypoint,
            Invocation = Invocation.TryDecode(lease.Invocation, out _)!,
            Stdin = lease.Stdin ?? ReadOnlyMemory<byte>.Empty,
            Timeout = Timeout,
        };
        var result = await _threads.RunAsync(() => _sandbox.Execute(prepared, request, CancellationToken.None));
        var run = result as ExecutionResult.Conclusive ?? throw new InvalidOperationException($"The run of {lease.Task} was inconclusive.");
        var payload = run.ToPayload(TaskId.Parse(lease.Task), Nonce.FromBytes(lease.Nonce.Span));
        return new LeaseReport
        {
            Lease = lease.Lease,
            Statement = Sign(key, payload, counter).Bytes,
            Output = run.OutputBytes,
            Stdout = run.Stdout,
            Stderr = run.Stderr,
            TraceHashes = run.Trace.Leaves.SelectMany(leaf => hash.Leaf(leaf.Span).ToArray()).ToArray(),
            TraceLeaves = run.Trace.Leaves,
            WallTime = run.WallTime,
        };
    }

    public static SignedStatement Sign(SigningKey key, StatementPayload payload, ulong counter) =>
        SignedStatement.Sign(key, payload.WithExecutionHash(), Time.GetUtcNow().ToUnixTimeSeconds(), counter);

    public void Dispose()
    {
        _threads.Dispose();
        _sandbox.Dispose();
    }
}
