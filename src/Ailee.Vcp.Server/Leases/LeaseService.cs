using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Hands tasks to a node as leases and takes in what comes of them. One instance serves one node, by the key that it enrolled with.</summary>
internal sealed class LeaseService(
    PublicKey node,
    IDatabase database,
    BundleService bundles,
    TaskQueue queue,
    TaskDecisions decisions,
    LeaseRevocations revocations,
    PublishedLog log,
    ServerMetrics metrics,
    TimeProvider time) : INodeGateway
{
    /// <summary>Bytes of inputs after which one call grants no more; what is left waits for the next.</summary>
    public const long MostInputBytes = 64L * 1024 * 1024;

    public async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            await log.WritableAsync(cancellationToken);
            var ids = await queue.DequeueAsync(most, cancellationToken);
            try
            {
                var (offers, looked) = await database.WriteAsync(transaction => Grant(transaction, ids));
                queue.Return(ids[looked..]);
                if (offers.Count > 0)
                {
                    return offers;
                }
            }
            catch
            {
                queue.Return(ids);
                throw;
            }
        }
    }

    public Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken) => revocations.WaitAsync(cancellationToken);

    public Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken) =>
        Task.FromResult(new HeartbeatReply(time.GetUtcNow(), "online", [], [], null));

    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        database.Read(transaction => ModuleStore.FindContent(transaction, Digest.Parse(lease.Module))) is { } content
            ? Task.FromResult<ReadOnlyMemory<byte>>(content)
            : throw new InvalidOperationException($"Module {lease.Module} is leased but not stored.");

    public Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(bundles.Open(Digest.Parse(lease.Bundle!)) ?? throw new InvalidOperationException($"Bundle {lease.Bundle} is leased but not stored."));

    public Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>>(database.Read(transaction => TaskStore.FindInput(transaction, TaskId.Parse(lease.Task)))!.Value.Stdin);

    public async Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        // Before anything waits: freshness is measured against this.
        var received = time.GetUtcNow();
        while (true)
        {
            // While nothing can be decided the node keeps what it has.
            await log.WritableAsync(cancellationToken);
            try
            {
                return await TakeInAsync(report, received);
            }
            catch (LogReadOnlyException)
            {
                // It turned so just now.
            }
        }
    }

    private async Task<LeaseReceipt> TakeInAsync(LeaseReport report, DateTimeOffset received)
    {
        if (database.Read(transaction => AttemptStore.Find(transaction, report.Lease)) is not { } attempt || attempt.Node != node.Id)
        {
            return new LeaseReceipt(false, IntakeCodes.LeaseUnknown);
        }

        if (report.Inconclusive is { } reason)
        {
            await decisions.RetryAsync(attempt.Task, report.Lease, AttemptStates.Inconclusive, reason, received);
            return new LeaseReceipt(true, null);
        }

        var (statement, failure) = report.Divergence is null ? StatementIntake.Check(report, attempt, node, received) : (null, null);
        failure = statement is not null ? await DecideAsync(report, attempt, statement, received)
            : report.Divergence is not { } divergence ? failure
            : attempt.Runs == 1 ? IntakeCodes.DivergenceUnasked
            : await decisions.DivergeAsync(attempt, report.Lease, divergence, received);
        if (failure is null)
        {
            return new LeaseReceipt(true, null);
        }

        metrics.Rejected(failure);
        if (attempt.State == AttemptStates.Running)
        {
            await decisions.RetryAsync(attempt.Task, report.Lease, AttemptStates.Rejected, failure, received);
        }

        return new LeaseReceipt(false, failure);
    }

    /// <summary>Leases for the first tasks, and how many of them were looked at. Tasks that were cancelled meanwhile give none.</summary>
    private (List<LeaseOffer> Offers, int Looked) Grant(IWriteTransaction transaction, List<TaskId> ids)
    {
        var (offers, looked, bytes) = (new List<LeaseOffer>(), 0, 0L);
        if (LogStore.FindReadOnly(transaction) is not null)
        {
            return (offers, looked);
        }

        while (looked < ids.Count && bytes < MostInputBytes)
        {
            if (Grant(transaction, ids[looked++]) is { } offer)
            {
                offers.Add(offer);
                bytes += (long)offer.Invocation.Length + offer.StdinSizeBytes;
            }
        }

        return (offers, looked);
    }

    private LeaseOffer? Grant(IWriteTransaction transaction, TaskId id)
    {
        if (!TaskStore.TryMove(transaction, id, TaskStates.Queued, TaskStates.Running))
        {
            return null;
        }

        var lease = Guid.CreateVersion7(time.GetUtcNow());
        AttemptStore.Begin(transaction, lease, id, node.Id, time.GetUtcNow());
        return transaction.QueryFirst(
            "SELECT t.nonce, t.module, t.entrypoint, t.timeout_ms, i.invocation, i.stdin, t.runs, t.hash, t.bundle FROM tasks t JOIN task_inputs i ON i.task = t.id WHERE t.id = $id",
            row => new LeaseOffer
            {
                Lease = lease,
                Task = id.ToString(),
                Nonce = row.Bytes(0),
                Module = row.Digest(1).ToString(),
                Entrypoint = row.Text(2),
                TimeoutMs = (int)row.Int64(3),
                Invocation = row.Bytes(4),
                Stdin = row.Bytes(5),
                StdinSizeBytes = row.Bytes(5).Length,
                Runs = (int)row.Int64(6),
                Hash = row.Text(7),
                Bundle = row.IsNull(8) ? null : row.Digest(8).ToString(),
            },
            ("$id", id.ToArray()));
    }

    private Task<string?> DecideAsync(LeaseReport report, Attempt attempt, SignedStatement statement, DateTimeOffset received)
    {
        var record = OutputRecord.TryDecode(report.Output, out var fault) ?? throw new InvalidOperationException($"An output that passed intake does not decode: {fault!.Detail}");
        var output = new DecidedOutput(
            report.Output.ToArray(),
            report.Stdout.ToArray(),
            report.Stderr.ToArray(),
            Digest.Of(report.Stdout.Span),
            Digest.Of(report.Stderr.Span),
            [.. report.Files.Select(file => new DecidedFile(file.Key, file.Value, Digest.Of(file.Value.Span)))])
        {
            Results = TaskResults.ToJson(record.Results),
            Trap = record.Trap,
        };
        return decisions.CompleteAsync(new TaskDecision(attempt.Task, report.Lease, statement, output, report.WallTime, report.CacheHit, attempt.StartedAt, received)
        {
            Trace = DecidedTrace.Of(report),
            Runs = attempt.Runs,
            IsVote = attempt.IsVote,
        });
    }
}
