using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Makes leases of what the dispatcher assigned: the task is looked at again in the transaction that grants.</summary>
internal sealed class LeaseGrants(IOptions<TaskOptions> options, TimeProvider time)
{
    /// <summary>Bytes of inputs after which one call grants no more; what is left waits for the next.</summary>
    public const long MostInputBytes = 64L * 1024 * 1024;

    /// <summary>Longest stdin that travels with its lease to another machine.</summary>
    public const int MostInlineBytes = 64 * 1024;

    // A task of mode adaptive that no trusted node has: two must agree.
    private static readonly QuorumPolicy Both = new(2, 2, QuorumPolicy.MostAttempts);

    /// <summary>Leases for the first assignments. Tasks that need no lease any more give none.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="assignments">What the dispatcher assigned to one node.</param>
    /// <param name="request">The poll; null within the process.</param>
    /// <param name="inlineBytes">Longest stdin that is read along.</param>
    public Granted Grant(IWriteTransaction transaction, IReadOnlyList<Assignment> assignments, Guid? request, int inlineBytes)
    {
        var (offers, changed, looked, bytes) = (new List<LeaseOffer>(), new List<TaskId>(), 0, 0L);
        if (LogStore.FindReadOnly(transaction) is not null)
        {
            return new Granted(offers, looked, changed);
        }

        while (looked < assignments.Count && bytes < MostInputBytes)
        {
            var assignment = assignments[looked++];
            var (offer, replicated) = Grant(transaction, assignment, request, inlineBytes);
            if (offer is null || replicated)
            {
                changed.Add(assignment.Task);
            }

            if (offer is not null)
            {
                offers.Add(offer);
                bytes += (long)offer.Invocation.Length + offer.StdinSizeBytes;
            }
        }

        return new Granted(offers, looked, changed);
    }

    /// <summary>What a lease says, for a poll that is repeated.</summary>
    public static LeaseOffer Read(IReadTransaction transaction, Guid lease, TaskId task, int inlineBytes) => transaction.QueryFirst(
        """
        SELECT t.nonce, t.module, t.entrypoint, t.timeout_ms, i.invocation, CASE WHEN length(i.stdin) <= $inline THEN i.stdin END, length(i.stdin), t.runs, t.hash, t.bundle
        FROM tasks t JOIN task_inputs i ON i.task = t.id WHERE t.id = $id
        """,
        row => new LeaseOffer
        {
            Lease = lease,
            Task = task.ToString(),
            Nonce = row.Bytes(0),
            Module = row.Digest(1).ToString(),
            Entrypoint = row.Text(2),
            TimeoutMs = (int)row.Int64(3),
            Invocation = row.Bytes(4),
            Stdin = row.IsNull(5) ? null : (ReadOnlyMemory<byte>?)row.Bytes(5),
            StdinSizeBytes = (int)row.Int64(6),
            Runs = (int)row.Int64(7),
            Hash = row.Text(8),
            Bundle = row.IsNull(9) ? null : row.Digest(9).ToString(),
        },
        ("$inline", (long)inlineBytes),
        ("$id", task.ToArray()))!;

    private (LeaseOffer? Offer, bool Replicated) Grant(IWriteTransaction transaction, Assignment assignment, Guid? request, int inlineBytes)
    {
        var (task, node, now) = (assignment.Task, assignment.Node, time.GetUtcNow());
        var lease = Guid.CreateVersion7(now);
        var price = assignment.Price is null ? null : AuctionStore.FindAward(transaction, task, node);
        if (price != assignment.Price)
        {
            // It was not taken in time, and is somebody else's by now.
            return (null, false);
        }

        var (taken, replicated) = TryTake(transaction, assignment, lease, now);
        if (!taken)
        {
            return (null, replicated);
        }

        if (price is not null)
        {
            AuctionStore.TakeAward(transaction, task, node);
        }

        // Where nobody else could have been chosen there is nothing to explain.
        var reasons = assignment.Ranking.Count <= 1 ? null : JsonSerializer.Serialize(Explanations.Of(assignment), VcpJson.Default.IReadOnlyListCandidateView);
        AttemptStore.Begin(transaction, new AttemptStart(lease, task, node, assignment.Purpose, request, reasons, price), now);
        return (Read(transaction, lease, task, inlineBytes), replicated);
    }

    private (bool Taken, bool Replicated) TryTake(IWriteTransaction transaction, Assignment assignment, Guid lease, DateTimeOffset now)
    {
        var (task, node) = (assignment.Task, assignment.Node);
        if (assignment.Purpose == AttemptPurposes.Audit)
        {
            return (AuditStore.TryBegin(transaction, task), false);
        }

        var policy = TaskPolicies.Read(transaction, task, options.Value.MaxAttempts);
        // One that runs or is decided stays what it is: the assignment came too late.
        var replicated = policy is { Assurance: AssuranceModes.Adaptive, IsVote: false } && TaskStore.FindState(transaction, task) == TaskStates.Queued
            && !AdaptiveTrust.IsTrusted(NodeStore.FindConfirmed(transaction, node));
        if (replicated)
        {
            TaskPolicies.Replicate(transaction, task, Both);
            policy = policy with { Replicas = Both.Replicas, Quorum = Both.Quorum };
        }

        var taken = !policy.IsVote
            ? TaskStore.TryMove(transaction, task, TaskStates.Queued, TaskStates.Running)
            : NodeStore.FindOwner(transaction, node) is { } owner
                && TaskStore.TryRun(transaction, task)
                && TaskVotes.TryGrant(transaction, task, policy, lease, node, owner, now);
        return (taken, replicated);
    }
}

/// <summary>What became of assignments.</summary>
/// <param name="Offers">The leases.</param>
/// <param name="Looked">How many assignments were looked at; the others are to be returned.</param>
/// <param name="Changed">Tasks that need other leases than the dispatcher knows.</param>
internal sealed record Granted(List<LeaseOffer> Offers, int Looked, List<TaskId> Changed);
