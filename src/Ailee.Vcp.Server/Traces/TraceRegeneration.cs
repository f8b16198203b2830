using System.ComponentModel;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
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
/// Makes leaves that were not kept by running their task again, on the built-in node's threads. One run of a tenant at a time, for as
/// long as somebody waits for it; the leaves of the last few, each up to 16 MiB from the one that was asked for, stay in memory, so
/// that paging on does not run again.
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
    private const string Unprepared = "The module or its bundle cannot be had here any more, or the server stops.";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // What a client has to come back after it was told to ask again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TraceRuns _runs = new();

    /// <summary>Whether a run that nobody waits for is still under way.</summary>
    public bool IsEnding => _runs.IsEnding;

    /// <summary>One leaf that is not stored, for a tenant.</summary>
    public async Task<(ReadOnlyMemory<byte> Leaf, Problem? Problem)> FindAsync(string caller, TaskId task, StoredTrace trace, int leaf, CancellationToken cancellationToken)
    {
        try
        {
            while (_runs.Join(caller, task, leaf, () => Begin(caller, task, trace, leaf)) is { } run)
            {
                var (leaves, failure) = await WaitAsync(run, cancellationToken);
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

            return (default, Problems.TraceBusy.Because("Other traces are being made; one of a tenant is made at a time.") with { RetryAfterSeconds = 5 });
        }
        catch (TimeoutException)
        {
            return (default, Problems.TraceBusy.Because("It takes its turn among the tasks; ask again.") with { RetryAfterSeconds = 5 });
        }
    }

    private TraceRun Begin(string caller, TaskId task, StoredTrace trace, int first)
    {
        var run = new TraceRun(caller, task, first, lifetime.ApplicationStopping);
        run.Work = Task.Run(() => WorkAsync(run, trace), CancellationToken.None);
        return run;
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> WaitAsync(TraceRun run, CancellationToken cancellationToken)
    {
        var asksAgain = false;
        try
        {
            return await run.Work.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            asksAgain = true;
            throw;
        }
        finally
        {
            if (asksAgain)
            {
                _ = LeaveLaterAsync(run);
            }
            else
            {
                _runs.Leave(run);
            }
        }
    }

    // A client that was told to ask again counts as waiting until it had time to: else no run could take longer than one wait.
    private async Task LeaveLaterAsync(TraceRun run)
    {
        await Task.Delay(Patience, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _runs.Leave(run);
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> WorkAsync(TraceRun run, StoredTrace trace)
    {
        using (run)
        {
            var (leaves, failure) = await ExecuteAsync(run.Task, trace, run.First, run.Token);
            metrics.Regenerated(failure is null);
            return (leaves, failure);
        }
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> ExecuteAsync(
        TaskId task, StoredTrace trace, int first, CancellationToken cancellationToken)
    {
        var (request, module, bundle, refusal) = database.Read(transaction => Prepare(transaction, task, first));
        if (refusal is not null)
        {
            return ([], refusal);
        }

        try
        {
            using var lease = await sandbox.PrepareAsync(request!.Module, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), cancellationToken);
            if (bundle is { } named)
            {
                request = request with { Bundle = await cache.GetAsync(named, _ => OpenAsync(named), cancellationToken) };
            }

            var result = await threads.RunAsync(() => sandbox.Execute(lease, request, cancellationToken));
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
            return ([], Unprepared);
        }
        catch (Exception exception) when (exception is BundleException or IOException or InvalidOperationException or Win32Exception)
        {
            // A bundle that is deleted while it is read looks like this, and so does a compiler that does not start.
            LogUnprepared(task, exception);
            return ([], Unprepared);
        }
    }

    private Task<Stream> OpenAsync(Digest bundle) =>
        Task.FromResult<Stream>(bundles.Open(bundle) ?? throw new InvalidDataException("It was deleted meanwhile."));

    private (ExecutionRequest? Request, byte[]? Module, Digest? Bundle, string? Refusal) Prepare(IReadTransaction transaction, TaskId task, int first)
    {
        var row = TaskStore.Find(transaction, task)!;
        var statement = SignedStatement.TryDecode(ProofStore.FindStatement(transaction, new Digest(row.Proof))!, out _)!;
        if (!row.Hash.IsSupported)
        {
            return (null, null, null, row.Hash.Unsupported);
        }

        if (statement.Payload.Profile != EngineProfile.DigestOf(row.Hash))
        {
            return (null, null, null, "The run was of another profile (engine version or configuration) than this server has.");
        }

        if (ModuleStore.FindContent(transaction, row.Module) is not { } module)
        {
            return (null, null, null, "The module was deleted.");
        }

        if (TaskStore.FindInput(transaction, task) is not var (invocationBytes, stdin))
        {
            return (null, null, null, "The input was taken away because of its age.");
        }

        var invocation = Invocation.TryDecode(invocationBytes, out var fault) ?? throw new InvalidDataException($"A stored invocation does not decode: {fault!.Detail}");
        if (row.Bundle is { } bundle && BundleStore.Find(transaction, bundle) is null)
        {
            return (null, null, null, "The bundle was deleted.");
        }

        var request = new ExecutionRequest
        {
            Module = row.Module,
            Hash = row.Hash,
            ModuleDigest = statement.Payload.Module,
            Entrypoint = row.Entrypoint,
            Invocation = invocation,
            Stdin = stdin,
            Timeout = TimeSpan.FromMilliseconds(options.Value.TimeoutMs),
            TraceFrom = first,
        };
        return (request, module, row.Bundle, null);
    }

    [LoggerMessage(1201, LogLevel.Error, "Task {Task} gives another trace when it is run again")]
    private partial void LogDiffers(TaskId task);

    [LoggerMessage(1202, LogLevel.Warning, "Task {Task} could not be run again")]
    private partial void LogUnprepared(TaskId task, Exception exception);
}
