using System.Collections.Concurrent;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
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
    private readonly LeaseRunner _runner = new(gateway, sandbox, bundles, threads, key, counter, time, logger);

    /// <summary>Leases that are taken for each slot, so that none waits for the next. Range 1 and more.</summary>
    public required int LeasesPerSlot { get; init; }

    /// <summary>How long the leases of a slot that wait may take, so that tasks that come later are not far behind them. Null: no matter how long. Default null.</summary>
    public TimeSpan? LongestAhead { get; init; }

    /// <summary>Reads the machine's sensors, given how many guests run and how many leases ended in a fault of the node. Null: nothing is told.</summary>
    public Func<int, long, NodeTelemetry?>? Telemetry { get; init; }

    /// <summary>Begins to measure the energy of a run and gives what ends it: joules, or null if they cannot be known. Null: they cannot.</summary>
    public Func<Func<double?>>? MeasureEnergy { get => _runner.MeasureEnergy; init => _runner.MeasureEnergy = value; }

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
                            try
                            {
                                await HandleAsync(lease, bounds, Stops, cancellation, taking.Token);
                            }
                            finally
                            {
                                bounds.Inputs.Remove(InputSize(lease));
                                bounds.Leases.Release();
                            }
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

        return new HeartbeatRequest { Leases = leases, SentAt = time.GetUtcNow(), Telemetry = Telemetry?.Invoke(_runner.Guests, _runner.Errors) };
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
            var report = await _runner.RunAsync(lease, stopping, cancellationToken);
            bounds.Results.Add(ResultSize(report));
            return report;
        }
        finally
        {
            bounds.Places.Release();
        }
    }

    private static long InputSize(LeaseOffer lease) => (long)lease.Invocation.Length + lease.StdinSizeBytes;

    private static long ResultSize(LeaseReport report) =>
        (long)report.Output.Length + report.Stdout.Length + report.Stderr.Length + report.TraceHashes.Length
        + report.TraceLeaves.Sum(leaf => (long)leaf.Length) + report.Files.Values.Sum(file => (long)file.Length);

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
