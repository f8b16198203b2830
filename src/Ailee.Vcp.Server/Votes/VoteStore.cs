using System.Diagnostics;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Votes;

/// <summary>The SQL of votes: what happened to a task, in order. The state of the vote is made of it again each time.</summary>
internal static class VoteStore
{
    private const string Granted = "lease-granted";
    private const string Ended = "lease-ended";
    private const string Lost = "lease-lost";
    private const string Statement = "statement-received";
    private const string Exhausted = "replicas-exhausted";

    public static QuorumState Load(IReadTransaction transaction, TaskId task, QuorumPolicy policy) =>
        QuorumAggregator.Replay(task, policy, transaction.Query(
            "SELECT kind, lease, node, owner, profile, payload, statement FROM vote_events WHERE task = $task ORDER BY seq",
            row => Read(row, task),
            ("$task", task.ToArray())));

    /// <summary>Keeps an event that changed the state.</summary>
    public static void Append(IWriteTransaction transaction, TaskId task, QuorumEvent happened, ReadOnlyMemory<byte> statement, DateTimeOffset now)
    {
        var (kind, lease, node, owner, profile) = happened switch
        {
            QuorumEvent.LeaseGranted granted => (Granted, granted.Lease, granted.Node, granted.Owner, granted.Profile),
            QuorumEvent.LeaseEnded ended => (ended.Lost ? Lost : Ended, ended.Lease, default(NodeId?), default(OwnerId?), default(Digest?)),
            QuorumEvent.StatementReceived received => (Statement, default(Guid?), received.Node, received.Owner, received.Profile),
            QuorumEvent.ReplicasExhausted => (Exhausted, default(Guid?), default(NodeId?), default(OwnerId?), default(Digest?)),
            _ => throw new UnreachableException(),
        };
        transaction.Execute(
            """
            INSERT INTO vote_events (task, seq, kind, lease, node, owner, profile, payload, statement, at_ms)
            VALUES ($task, (SELECT COUNT(*) FROM vote_events WHERE task = $task), $kind, $lease, $node, $owner, $profile, $payload, $statement, $now)
            """,
            ("$task", task.ToArray()),
            ("$kind", kind),
            ("$lease", lease?.ToByteArray(bigEndian: true)),
            ("$node", node?.Thumbprint.ToArray()),
            ("$owner", owner?.ToString()),
            ("$profile", profile?.ToArray()),
            ("$payload", (happened as QuorumEvent.StatementReceived)?.Payload.ToArray()),
            ("$statement", statement.IsEmpty ? null : statement.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds()));
    }

    /// <summary>The statements of a task that passed intake, by their ids.</summary>
    public static Dictionary<Digest, SignedStatement> Statements(IReadTransaction transaction, TaskId task) => transaction.Query(
        "SELECT statement FROM vote_events WHERE task = $task AND statement IS NOT NULL",
        row => SignedStatement.TryDecode(row.Bytes(0), out var fault) ?? throw new InvalidDataException($"A stored statement does not decode: {fault!.Detail}"),
        ("$task", task.ToArray())).ToDictionary(statement => statement.Id);

    private static QuorumEvent Read(Row row, TaskId task) => row.Text(0) switch
    {
        Granted => new QuorumEvent.LeaseGranted(Lease(row), row.NodeId(2), OwnerId.Parse(row.Text(3)), row.Digest(4)),
        Ended => new QuorumEvent.LeaseEnded(Lease(row), Lost: false),
        Lost => new QuorumEvent.LeaseEnded(Lease(row), Lost: true),
        Statement => new QuorumEvent.StatementReceived(task, row.NodeId(2), OwnerId.Parse(row.Text(3)), row.Digest(4), row.Digest(5), Digest.Of(row.Bytes(6))),
        Exhausted => new QuorumEvent.ReplicasExhausted(),
        var kind => throw new InvalidDataException($"A stored vote has an event {kind}."),
    };

    private static Guid Lease(Row row) => new(row.Bytes(1), bigEndian: true);
}
