using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Votes;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Takes in what comes of leases.</summary>
internal sealed class ResultIntake(
    IDatabase database,
    TaskDecisions decisions,
    LeaseTable leases,
    OutputArrivals arrivals,
    SafeModes modes,
    NodeRegistry nodes,
    PublishedLog log,
    ServerMetrics metrics,
    TimeProvider time)
{
    /// <summary>Takes in a report. Repeating it gives the same answer.</summary>
    /// <param name="node">The node's key.</param>
    /// <param name="report">What it says. Without an output it is asked for that if nobody else handed it in.</param>
    /// <param name="cancellationToken">Ends the wait for others, not the taking in.</param>
    public async Task<LeaseReceipt> ReportAsync(PublicKey node, LeaseReport report, CancellationToken cancellationToken)
    {
        // Before anything waits: freshness is measured against this.
        var received = time.GetUtcNow();
        while (true)
        {
            // While nothing can be decided the node keeps what it has.
            await log.WritableAsync(cancellationToken);
            try
            {
                var receipt = await TakeInAsync(node, report, received, cancellationToken);
                // A lease that is another node's is left to that.
                if (!receipt.OutputWanted && receipt.Code != IntakeCodes.LeaseUnknown)
                {
                    leases.Remove(report.Lease);
                }

                return receipt;
            }
            catch (LogReadOnlyException)
            {
                // It turned so just now.
            }
        }
    }

    /// <summary>Why an output of a lease is not wanted: it has no statement yet, or counts no more; null if it is.</summary>
    public static string? EndOf(Attempt attempt) =>
        attempt.Statement is null ? IntakeCodes.LeaseUnknown
        : !attempt.MayCount || TaskStates.IsFinal(attempt.TaskState) ? IntakeCodes.LeaseEnded
        : null;

    /// <summary>Takes in the output that belongs to a statement which was handed in before.</summary>
    /// <returns>Null, or the name of the check that failed.</returns>
    public async Task<string?> TakeOutputAsync(PublicKey node, Guid lease, ResultContent content)
    {
        if (await FindAsync(node, lease) is not { } attempt)
        {
            return IntakeCodes.LeaseUnknown;
        }

        if (EndOf(attempt) is { } end)
        {
            return end;
        }

        if (content.Output.IsEmpty)
        {
            // The checks would take it for a statement without its output.
            return StatementChecks.Structure;
        }

        var report = content.Into(new LeaseReport { Lease = lease, Statement = attempt.Statement!, WallTime = TimeSpan.Zero });
        var (statement, failure) = StatementIntake.Check(report, attempt, node, time.GetUtcNow());
        if (statement is null)
        {
            await RefuseAsync(attempt, failure!, time.GetUtcNow());
            return failure;
        }

        var prepared = TaskContent.Of(content);
        await database.WriteAsync(transaction =>
        {
            if (TaskStore.FindState(transaction, attempt.Task) is { } state && !TaskStates.IsFinal(state))
            {
                CandidateStore.Add(transaction, statement.Payload, prepared);
            }

            return true;
        });
        arrivals.End(statement.Payload);
        return null;
    }

    private async Task<LeaseReceipt> TakeInAsync(PublicKey node, LeaseReport report, DateTimeOffset received, CancellationToken cancellationToken)
    {
        if (await FindAsync(node, report.Lease) is not { } attempt)
        {
            return new LeaseReceipt(false, IntakeCodes.LeaseUnknown);
        }

        if (report.Inconclusive is { } reason)
        {
            await decisions.RetryAsync(attempt.Task, report.Lease, AttemptStates.Inconclusive, reason, received);
            return new LeaseReceipt(true, null);
        }

        if (report.Divergence is { } divergence)
        {
            return await AnswerAsync(attempt, attempt.Runs == 1 ? IntakeCodes.DivergenceUnasked : await decisions.DivergeAsync(attempt, divergence, received), received);
        }

        var (statement, failure) = StatementIntake.Check(report, attempt, node, received);
        if (statement is null)
        {
            return await AnswerAsync(attempt, failure, received);
        }

        if (nodes.Find(node.Id) is { SafeMode.Count: > 0 })
        {
            modes.Clear(node.Id, SafeModes.ClockSkew);
        }

        var hasContent = report.Output.Length > 0;
        if (!hasContent && attempt.MayCount && !TaskStates.IsFinal(attempt.TaskState))
        {
            if (Contradicts(attempt, statement))
            {
                return await AnswerAsync(attempt, IntakeCodes.Equivocation, received);
            }

            if (await WantsOutputAsync(attempt, statement, cancellationToken))
            {
                return new LeaseReceipt(false, null, OutputWanted: true);
            }
        }

        var content = hasContent ? TaskContent.Of(ResultContent.From(report)) : null;
        var cost = new AttemptCost(report.WallTime, report.CacheHit, report.EnergyJoules);
        return await AnswerAsync(attempt, await decisions.CompleteAsync(new TaskDecision(attempt, statement, content, cost, received)), received);
    }

    private async Task<LeaseReceipt> AnswerAsync(Attempt attempt, string? failure, DateTimeOffset received)
    {
        if (failure is not null)
        {
            await RefuseAsync(attempt, failure, received);
        }

        return new LeaseReceipt(failure is null, failure);
    }

    // Of several nodes that come to the same, the first is asked; the others wait for it a while.
    private async Task<bool> WantsOutputAsync(Attempt attempt, SignedStatement statement, CancellationToken cancellationToken)
    {
        while (!database.Read(transaction => CandidateStore.IsKnown(transaction, statement.Payload)))
        {
            if (attempt.Statement is null || !attempt.Statement.AsSpan().SequenceEqual(statement.Bytes.Span))
            {
                var lease = attempt.Lease;
                var isKept = await database.WriteAsync(transaction =>
                    !Contradicts(AttemptStore.Find(transaction, lease)!, statement) && AttemptStore.KeepStatement(transaction, lease, statement.Bytes) == 1);
                if (!isKept)
                {
                    // Another was kept in the same moment. It is asked for that one's output, and hears of the contradiction if it insists.
                    return true;
                }

                attempt = attempt with { Statement = statement.Bytes.ToArray() };
            }

            if (await arrivals.ClaimAsync(statement.Payload, attempt.Lease, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    // Nothing was counted of what it signed first, but that it was signed is known; and a lease has one output, not as many as it has lies.
    private static bool Contradicts(Attempt attempt, SignedStatement statement) =>
        attempt.Statement is { } kept && SignedStatement.TryDecode(kept, out _)!.PayloadDigest != statement.PayloadDigest;

    private async Task<Attempt?> FindAsync(PublicKey node, Guid lease) =>
        await database.ReadSharedAsync(transaction => AttemptStore.Find(transaction, lease)) is { } attempt && attempt.Node == node.Id ? attempt : null;

    private async Task RefuseAsync(Attempt attempt, string failure, DateTimeOffset now)
    {
        metrics.Rejected(failure);
        // The node of this process has this clock.
        if (failure is IntakeCodes.TimestampStale or IntakeCodes.TimestampFuture && nodes.Find(attempt.Node) is { IsBuiltIn: false })
        {
            modes.Set(attempt.Node, SafeModes.ClockSkew, "The node signs with a clock that is too far from the server's.");
        }

        if (attempt.State == AttemptStates.Running)
        {
            await decisions.RetryAsync(attempt.Task, attempt.Lease, AttemptStates.Rejected, failure, now);
        }
    }
}
