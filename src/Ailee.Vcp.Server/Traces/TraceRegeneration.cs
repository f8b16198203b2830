using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Traces;

/// <summary>
/// Makes leaves that were not kept by running their task again, on the built-in node's threads. One run at a time; the leaves of
/// the last one, up to 16 MiB from the one that was asked for, stay in memory, so that paging on does not run again.
/// </summary>
internal sealed partial class TraceRegeneration(
    IDatabase database,
    WasmSandbox sandbox,
    GuestThreads threads,
    BundleService bundles,
    BundleCache cache,
    ServerMetrics metrics,
    IOptions<SandboxOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TraceRegeneration> logger)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private Run? _last;

    /// <summary>One leaf that is not stored.</summary>
    public async Task<(ReadOnlyMemory<byte> Leaf, Problem? Problem)> FindAsync(TaskId task, StoredTrace trace, int leaf, CancellationToken cancellationToken)
    {
        try
        {
            while (Join(task, trace, leaf) is { } run)
            {
                var (leaves, failure) = await run.Work.WaitAsync(LongestWait, time, cancellationToken);
                if (failure is not null)
                {
                    return (default, Problems.TraceUnavailable.Because(failure));
                }

                // A run begun for an earlier leaf may not have come as far as this one; then another begins.
                if (leaf - run.First < leaves.Count)
                {
                    return (leaves[leaf - run.First], null);
                }
            }

            return (default, Problems.TraceBusy.Because("Another trace is being made; one is made at a time.") with { RetryAfterSeconds = 5 });
        }
        catch (TimeoutException)
        {
            return (default, Problems.TraceBusy.Because("It takes its turn among the tasks; ask again.") with { RetryAfterSeconds = 5 });
        }
    }

    /// <summary>The run that has or will have the leaf, begun now if there is none; null if one for other leaves is under way.</summary>
    private Run? Join(TaskId task, StoredTrace trace, int leaf)
    {
        lock (_gate)
        {
            if (_last is { Work.IsCompleted: false })
            {
                return _last.Covers(task, leaf) ? _last : null;
            }

            if (_last is null || !_last.Covers(task, leaf))
            {
                _last = new Run(task, leaf, Task.Run(() => WorkAsync(task, trace, leaf), CancellationToken.None));
            }

            return _last;
        }
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> WorkAsync(TaskId task, StoredTrace trace, int first)
    {
        var (leaves, failure) = await ExecuteAsync(task, trace, first);
        metrics.Regenerated(failure is null);
        return (leaves, failure);
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> ExecuteAsync(TaskId task, StoredTrace trace, int first)
    {
        var (request, module, refusal) = database.Read(transaction => Prepare(transaction, task, first));
        if (refusal is not null)
        {
            return ([], refusal);
        }

        try
        {
            using var lease = await sandbox.PrepareAsync(request!.Module, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), lifetime.ApplicationStopping);
            if (request.Invocation.Bundle is { } named)
            {
                request = request with { Bundle = await cache.GetAsync(named, _ => OpenAsync(named), lifetime.ApplicationStopping) };
            }

            var result = await threads.RunAsync(() => sandbox.Execute(lease, request, lifetime.ApplicationStopping));
            if (result is not ExecutionResult.Conclusive run)
            {
                return ([], $"Running it again came to no end: {((ExecutionResult.Inconclusive)result).Reason.ToName()}.");
            }

            if (!run.Trace.LeafHashes.SequenceEqual(trace.Hashes))
            {
                LogDiffers(task);
                return ([], "Running it again gave another trace than the statement names.");
            }

            return (run.Trace.Leaves, null);
        }
        catch (Exception exception) when (exception is ModuleException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            return ([], "The module or its bundle cannot be had here any more, or the server stops.");
        }
    }

    private Task<Stream> OpenAsync(Digest bundle) =>
        Task.FromResult<Stream>(bundles.Open(bundle) ?? throw new InvalidDataException("It was deleted meanwhile."));

    private (ExecutionRequest? Request, byte[]? Module, string? Refusal) Prepare(IReadTransaction transaction, TaskId task, int first)
    {
        var row = TaskStore.Find(transaction, task)!;
        var statement = SignedStatement.TryDecode(ProofStore.FindStatement(transaction, new Digest(row.Proof))!, out _)!;
        if (statement.Payload.Profile != EngineProfile.Digest)
        {
            return (null, null, "The run was of another profile (engine version or configuration) than this server has.");
        }

        if (ModuleStore.FindContent(transaction, row.Module) is not { } module)
        {
            return (null, null, "The module was deleted.");
        }

        var (invocationBytes, stdin) = TaskStore.FindInput(transaction, task)!.Value;
        var invocation = Invocation.TryDecode(invocationBytes, out var fault) ?? throw new InvalidDataException($"A stored invocation does not decode: {fault!.Detail}");
        if (invocation.Bundle is { } bundle && BundleStore.Find(transaction, bundle) is null)
        {
            return (null, null, "The bundle was deleted.");
        }

        var request = new ExecutionRequest
        {
            Module = row.Module,
            Entrypoint = row.Entrypoint,
            Invocation = invocation,
            Stdin = stdin,
            Timeout = TimeSpan.FromMilliseconds(options.Value.TimeoutMs),
            TraceFrom = first,
        };
        return (request, module, null);
    }

    [LoggerMessage(1201, LogLevel.Error, "Task {Task} gives another trace when it is run again")]
    private partial void LogDiffers(TaskId task);

    private sealed record Run(TaskId Task, int First, Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> Work)
    {
        /// <summary>Whether the leaf is, or may come to be, among its leaves. What failed is tried again.</summary>
        public bool Covers(TaskId task, int leaf) =>
            task == Task && leaf >= First && (!Work.IsCompleted || (Work.IsCompletedSuccessfully && leaf - First < Work.Result.Leaves.Count));
    }
}
