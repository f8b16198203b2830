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

/// <summary>Runs what a lease is for and signs what comes of it.</summary>
internal sealed partial class LeaseRunner(
    INodeGateway gateway,
    WasmSandbox sandbox,
    BundleCache bundles,
    GuestThreads threads,
    Core.Cose.SigningKey key,
    StatementCounter counter,
    TimeProvider time,
    ILogger<NodeAgent> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ModuleDigests _moduleDigests = new();
    private int _guests;
    private long _errors;

    /// <summary>Guests that run now.</summary>
    public int Guests => Volatile.Read(ref _guests);

    /// <summary>Leases that ended in a fault of the node.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Begins to measure the energy of a run and gives what ends it: joules, or null if they cannot be known. Null: they cannot.</summary>
    public Func<Func<double?>>? MeasureEnergy { get; set; }

    /// <summary>Fetches what the lease needs, runs it on a thread for guests, and signs what is conclusive.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="stopping">Ends it, unless the guest runs already.</param>
    /// <param name="cancellationToken">Ends it and the guest.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="LeaseEndedException">The orchestrator wants it no more.</exception>
    public async Task<LeaseReport> RunAsync(LeaseOffer lease, CancellationToken stopping, CancellationToken cancellationToken)
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

    private static byte[] Concatenate(IReadOnlyList<Digest> hashes)
    {
        var bytes = new byte[hashes.Count * Digest.SizeBytes];
        for (var i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * Digest.SizeBytes));
        }

        return bytes;
    }

    [LoggerMessage(2004, LogLevel.Error, "Task {Task} could not be run")]
    private partial void LogExecutionFailed(string task, Exception exception);

    [LoggerMessage(2005, LogLevel.Error, "Task {Task} ended in an engine fault: {Detail}")]
    private partial void LogEngineFault(string task, string detail);

    [LoggerMessage(2007, LogLevel.Error, "Two runs of task {Task} disagreed: {Field} in leaf {Leaf} of the trace")]
    private partial void LogDivergence(string task, string field, int? leaf);

    [LoggerMessage(2009, LogLevel.Error, "The result of task {Task} cannot be signed, because its counter cannot be stored; trying again")]
    private partial void LogNotSigned(string task, Exception exception);
}
