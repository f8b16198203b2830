using System.Collections.Concurrent;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node;

/// <summary>
/// A node at work: takes leases, runs them on its slots, signs what is conclusive and reports. It takes a few leases more than
/// it has slots, so that no slot waits for the next lease. It fetches modules and bundles for as many as run and one more, and runs
/// no more while too much of what came of others is not yet reported.
/// </summary>
public sealed partial class NodeAgent(
    INodeGateway gateway,
    WasmSandbox sandbox,
    BundleCache bundles,
    GuestThreads threads,
    int slots,
    Core.Cose.SigningKey key,
    StatementCounter counter,
    TimeProvider time,
    ILogger<NodeAgent> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Dictionary<Guid, CancellationTokenSource> _running = [];
    private readonly HashSet<Guid> _revokedEarly = [];
    private readonly ConcurrentBag<Guid> _unfinished = [];
    private readonly ModuleDigests _moduleDigests = new();
    private int _guests;
    private long _errors;

    /// <summary>Leases that are taken for each slot, so that none waits for the next. Default 32. Range 1 and more.</summary>
    public int LeasesPerSlot { get; init; } = 32;

    /// <summary>How long the leases of a slot that wait may take, so that tasks that come later are not far behind them. Null: no matter how long. Default null.</summary>
    public TimeSpan? LongestAhead { get; init; }

    /// <summary>Reads the machine's sensors, given how many guests run and how many leases ended in a fault of the node. Null: nothing is told.</summary>
    public Func<int, long, NodeTelemetry?>? Telemetry { get; init; }

    /// <summary>Begins to measure the energy of a run and gives what ends it: joules, or null if they cannot be known. Null: they cannot.</summary>
    public Func<Func<double?>>? MeasureEnergy { get; init; }

    /// <summary>Bytes of inputs that are leased ahead of the slots; more are asked for only when some are reported. Default 64 MiB.</summary>
    internal long InputBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of results that wait to be reported; while they are more no guest is started. Default 128 MiB.</summary>
    // The orchestrator's copies come on top, in the same process.
    internal long ResultBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Works until cancelled, then waits for the running guests to stop. Their leases are given back.</summary>
    /// <param name="cancellationToken">Ends it, and the guests that run.</param>
    /// <param name="draining">Ends it too, but not before the guests that run are done: no lease is taken and no guest started any more.</param>
    public async Task RunAsync(CancellationToken cancellationToken, CancellationToken draining = default)
    {
        using var taking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, draining);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var revocations = WatchRevocationsAsync(ended.Token);
        var heartbeats = new HeartbeatLoop(gateway, State, time, logger).RunAsync(ended.Token);
        using var bounds = new WorkBounds(slots, LeasesPerSlot, LongestAhead, InputBytes, ResultBytes);
        var handlers = new ConcurrentDictionary<Guid, Task>();
        try
        {
            while (true)
            {
                await bounds.Inputs.WaitAsync(taking.Token);
                await bounds.Ahead.WaitAsync(taking.Token);
                await bounds.Leases.WaitAsync(taking.Token);
                var (most, room) = (1, bounds.Ahead.Room);
                while (most < room && await bounds.Leases.WaitAsync(0, CancellationToken.None))
                {
                    most++;
                }

                var leases = Register(await LeaseAsync(most, taking.Token), cancellationToken);
                if (leases.Count < most)
                {
                    bounds.Leases.Release(most - leases.Count);
                }

                foreach (var (lease, cancellation) in leases)
                {
                    bounds.Inputs.Add(InputSize(lease));
                    bounds.Ahead.Add();
                    var handler = Task.Run(
                        async () =>
                        {
                            await HandleAsync(lease, bounds, Stops, cancellation, taking.Token);
                            bounds.Inputs.Remove(InputSize(lease));
                            bounds.Leases.Release();
                        },
                        CancellationToken.None);
                    handlers[lease.Lease] = handler;
                    // Only now: a handler that is quicker than the line above would otherwise stay.
                    _ = handler.ContinueWith(_ => handlers.TryRemove(lease.Lease, out Task? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException) when (taking.IsCancellationRequested)
        {
            await Task.WhenAll(handlers.Values);
            await ended.CancelAsync();
            await revocations;
            await heartbeats;
            await gateway.GiveBackAsync([.. _unfinished]);
        }

        // The linked sources are told one after the other: a lease may hear of the end before the others do.
        bool Stops() => cancellationToken.IsCancellationRequested || draining.IsCancellationRequested;
    }

    private HeartbeatRequest State()
    {
        List<Guid> leases;
        lock (_gate)
        {
            leases = [.. _running.Keys];
        }

        return new HeartbeatRequest { Leases = leases, SentAt = time.GetUtcNow(), Telemetry = Telemetry?.Invoke(Volatile.Read(ref _guests), Volatile.Read(ref _errors)) };
    }

    private async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.LeaseAsync(most, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogLeaseFailed(exception);
            await Task.Delay(RetryDelay, time, cancellationToken);
            return [];
        }
    }

    /// <summary>Makes the leases known to revocations, which may have come before the leases themselves.</summary>
    private List<(LeaseOffer Lease, CancellationTokenSource Cancellation)> Register(IReadOnlyList<LeaseOffer> leases, CancellationToken cancellationToken)
    {
        var registered = new List<(LeaseOffer, CancellationTokenSource)>();
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                if (!_running.TryAdd(lease.Lease, cancellation))
                {
                    // It came twice; it is being worked on.
                    cancellation.Dispose();
                    continue;
                }

                registered.Add((lease, cancellation));
                if (_revokedEarly.Contains(lease.Lease))
                {
                    cancellation.Cancel();
                }
            }

            // Leases are asked for one call at a time, so what is left is of leases that have ended.
            _revokedEarly.Clear();
        }

        return registered;
    }

    private async Task HandleAsync(LeaseOffer lease, WorkBounds bounds, Func<bool> stops, CancellationTokenSource cancellation, CancellationToken stopping)
    {
        try
        {
            var report = await bounds.Ahead.RunAsync(() => ExecuteInPlaceAsync(lease, bounds, stopping, cancellation.Token), made => made.WallTime * lease.Runs);
            try
            {
                var receipt = await ReportAsync(lease, report, cancellation.Token);
                if (!receipt.Accepted)
                {
                    LogRefused(lease.Task, receipt.Code);
                }
            }
            finally
            {
                bounds.Results.Remove(ResultSize(report));
            }
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested || (exception is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // Revoked, or the node stops: nobody waits for a report.
            if (stops())
            {
                _unfinished.Add(lease.Lease);
            }
        }
        catch (LeaseEndedException exception)
        {
            LogLeaseEnded(lease.Task, exception.Message);
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(lease.Lease);
            }

            cancellation.Dispose();
        }
    }

    // A result is worth the wait: it is handed in again until the orchestrator takes it. Repeating is safe.
    private async Task<LeaseReceipt> ReportAsync(LeaseOffer lease, LeaseReport report, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await gateway.ReportAsync(report, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogReportFailed(lease.Task, exception);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    /// <summary>Executes when there is a place. Its result is counted before the place is given on.</summary>
    private async Task<LeaseReport> ExecuteInPlaceAsync(LeaseOffer lease, WorkBounds bounds, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        waiting.Token.ThrowIfCancellationRequested();
        await bounds.Places.WaitAsync(waiting.Token);
        try
        {
            await bounds.Results.WaitAsync(waiting.Token);
            var report = await ExecuteAsync(lease, stopping, cancellationToken);
            bounds.Results.Add(ResultSize(report));
            return report;
        }
        finally
        {
            bounds.Places.Release();
        }
    }

    private async Task<LeaseReport> ExecuteAsync(LeaseOffer lease, CancellationToken stopping, CancellationToken cancellationToken)
    {
        try
        {
            var digest = Digest.Parse(lease.Module);
            var hash = ContentHash.Find(lease.Hash) ?? throw new InvalidDataException($"There is no hash {lease.Hash}.");
            using var module = await sandbox.PrepareAsync(digest, token => gateway.GetModuleAsync(lease, token), cancellationToken);
            var invocation = Invocation.TryDecode(lease.Invocation, out var fault) ?? throw new InvalidDataException(fault!.Detail);
            var bundle = lease.Bundle is { } text && Digest.Parse(text) is var named ? await bundles.GetAsync(named, token => gateway.GetBundleAsync(lease, token), cancellationToken) : null;
            var request = new ExecutionRequest
            {
                Module = digest,
                Hash = hash,
                ModuleDigest = await _moduleDigests.GetAsync(digest, hash, token => gateway.GetModuleAsync(lease, token), cancellationToken),
                Entrypoint = lease.Entrypoint,
                Invocation = invocation,
                Stdin = lease.Stdin ?? await gateway.GetStdinAsync(lease, cancellationToken),
                Bundle = bundle,
                Timeout = TimeSpan.FromMilliseconds(lease.TimeoutMs),
            };
            return await threads.RunAsync(() =>
            {
                // It was ready and waited for a thread.
                stopping.ThrowIfCancellationRequested();
                return Run(lease, module, request, cancellationToken);
            });
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        // One that waited for what another lease was fetching may hear of that one's end.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (exception as LeaseEndedException)?.Lease != lease.Lease)
        {
            // A module that no longer compiles, bytes that no longer match: nothing that the guest did.
            Interlocked.Increment(ref _errors);
            LogExecutionFailed(lease.Task, exception);
            return new LeaseReport { Lease = lease.Lease, Inconclusive = InconclusiveReason.EngineFault.ToName(), WallTime = TimeSpan.Zero };
        }
    }

    private LeaseReport Run(LeaseOffer lease, ModuleLease module, ExecutionRequest request, CancellationToken cancellationToken)
    {
        var endMeasuring = MeasureEnergy?.Invoke();
        double? energy;
        (ExecutionResult, TaskDivergence?) made;
        Interlocked.Increment(ref _guests);
        try
        {
            made = RepeatedRun.Make(lease.Runs, () => sandbox.Execute(module, request, cancellationToken));
        }
        finally
        {
            Interlocked.Decrement(ref _guests);
            energy = endMeasuring?.Invoke();
        }

        return Report(lease, module.CacheHit, made, cancellationToken) with { EnergyJoules = energy };
    }

    private LeaseReport Report(LeaseOffer lease, bool cacheHit, (ExecutionResult Result, TaskDivergence? Divergence) made, CancellationToken cancellationToken)
    {
        var result = made.Result;
        if (made.Divergence is { } divergence)
        {
            LogDivergence(lease.Task, divergence.Field, divergence.Leaf);
            return new LeaseReport { Lease = lease.Lease, Divergence = divergence, WallTime = result.WallTime, CacheHit = cacheHit };
        }

        if (result is not ExecutionResult.Conclusive run)
        {
            var inconclusive = (ExecutionResult.Inconclusive)result;
            if (inconclusive.Reason == InconclusiveReason.EngineFault)
            {
                Interlocked.Increment(ref _errors);
                LogEngineFault(lease.Task, inconclusive.Detail);
            }

            return new LeaseReport { Lease = lease.Lease, Inconclusive = inconclusive.Reason.ToName(), WallTime = result.WallTime, CacheHit = cacheHit };
        }

        var payload = run.ToPayload(TaskId.Parse(lease.Task), Nonce.FromBytes(lease.Nonce.Span));
        var statement = SignedStatement.Sign(key, payload, time.GetUtcNow().ToUnixTimeSeconds(), NextCounter(lease, cancellationToken));
        return new LeaseReport
        {
            Lease = lease.Lease,
            Statement = statement.Bytes,
            Output = run.OutputBytes,
            Stdout = run.Stdout,
            Stderr = run.Stderr,
            TraceHashes = Concatenate(run.Trace.LeafHashes),
            TraceLeaves = run.Trace.Leaves,
            Files = run.Output.Files.Select((file, index) => (file.Path, Bytes: run.Files[index])).ToDictionary(file => file.Path, file => file.Bytes),
            WallTime = run.WallTime,
            CacheHit = cacheHit,
        };
    }

    // A full disk is no fault of the task: reported as one it would use up the task's attempts in no time, while the result is there.
    private ulong NextCounter(LeaseOffer lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return counter.Next();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogNotSigned(lease.Task, exception);
                Task.Delay(RetryDelay, time, cancellationToken).GetAwaiter().GetResult();
            }
        }
    }

    private static long InputSize(LeaseOffer lease) => (long)lease.Invocation.Length + lease.StdinSizeBytes;

    private static long ResultSize(LeaseReport report) =>
        (long)report.Output.Length + report.Stdout.Length + report.Stderr.Length + report.TraceHashes.Length
        + report.TraceLeaves.Sum(leaf => (long)leaf.Length) + report.Files.Values.Sum(file => (long)file.Length);

    private static byte[] Concatenate(IReadOnlyList<Digest> hashes)
    {
        var bytes = new byte[hashes.Count * Digest.SizeBytes];
        for (var i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * Digest.SizeBytes));
        }

        return bytes;
    }

    private async Task WatchRevocationsAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                foreach (var lease in await gateway.WaitRevocationsAsync(cancellationToken))
                {
                    await RevokeAsync(lease);
                }
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogRevocationsFailed(exception);
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RevokeAsync(Guid lease)
    {
        CancellationTokenSource? cancellation;
        lock (_gate)
        {
            if (!_running.TryGetValue(lease, out cancellation))
            {
                _revokedEarly.Add(lease);
                return;
            }
        }

        try
        {
            await cancellation.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run ended between the look-up and the cancellation.
        }
    }
}
