using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The vote about a task, from its rows.</summary>
internal static class TaskVotes
{
    /// <summary>The state of the vote before <paramref name="statement"/> and what it comes to with it.</summary>
    public static QuorumStep Count(IReadTransaction transaction, TaskId task, SignedStatement statement, int maxAttempts)
    {
        var (replicas, quorum) = transaction.QueryFirst(
            "SELECT replicas, quorum FROM tasks WHERE id = $id",
            row => ((int)row.Int64(0), (int)row.Int64(1)),
            ("$id", task.ToArray()));
        // What was granted was allowed then, also if a restart with another option allows less: the lease's vote must not come too late.
        var allowed = (int)Math.Min(Math.Max(maxAttempts, AttemptStore.Count(transaction, task)), QuorumPolicy.MostAttempts);
        var policy = new QuorumPolicy(replicas, quorum, Math.Max(replicas, allowed));
        var (payload, owner) = (statement.Payload, NodeStore.FindOwner(transaction, statement.Header.KeyId));
        var state = QuorumAggregator.Replay(task, policy, Leases(transaction, task, payload.Profile));
        return QuorumAggregator.Apply(
            state,
            new QuorumEvent.StatementReceived(payload.Task, statement.Header.KeyId, owner, payload.Profile, statement.PayloadDigest, statement.Id));
    }

    // Attempts follow each other as long as one node has a task at a time: each ended before the next began.
    private static IEnumerable<QuorumEvent> Leases(IReadTransaction transaction, TaskId task, Digest profile)
    {
        var attempts = transaction.Query(
            "SELECT a.lease, a.node, n.owner, a.state FROM attempts a JOIN nodes n ON n.id = a.node WHERE a.task = $task ORDER BY a.number",
            row => (Granted: new QuorumEvent.LeaseGranted(new Guid(row.Bytes(0), bigEndian: true), row.NodeId(1), OwnerId.Parse(row.Text(2)), profile), State: row.Text(3)),
            ("$task", task.ToArray()));
        foreach (var (granted, state) in attempts)
        {
            yield return granted;
            if (state != AttemptStates.Running)
            {
                yield return new QuorumEvent.LeaseEnded(granted.Lease, Lost: state == AttemptStates.Lost);
            }
        }
    }
}
