using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Reputation;

/// <summary>What is stored of a node's standing and reputation.</summary>
internal sealed record ReputationRow(NodeReputation Reputation, long Confirmed, string Standing);

/// <summary>The SQL of reputation.</summary>
internal static class ReputationStore
{
    private static readonly string Strikes = string.Join(", ", ReputationEventKind.All.Where(kind => kind.IsStrike).Select(kind => $"'{kind.Name}'"));

    // The newest are enough, and are found first.
    private static readonly string NewestStrikes =
        $"SELECT kind FROM node_events WHERE node = $node AND kind IN ({Strikes}) AND at_ms > $since ORDER BY id DESC LIMIT {StrikePolicy.Most}";

    /// <summary>A node that was not judged yet has had its reputation since it was enrolled.</summary>
    public static ReputationRow? Find(IReadTransaction transaction, NodeId node) => transaction.QueryFirst(
        "SELECT reputation, COALESCE(reputation_ms, enrolled_ms), confirmed, standing FROM nodes WHERE id = $node",
        row => new ReputationRow(new NodeReputation(row.Double(0), row.Time(1)), row.Int64(2), row.Text(3)),
        ("$node", node.Thumbprint.ToArray()));

    public static void Set(IWriteTransaction transaction, NodeId node, NodeReputation reputation, long confirmed) => transaction.Execute(
        "UPDATE nodes SET reputation = $reputation, reputation_ms = $at, confirmed = $confirmed WHERE id = $node",
        ("$reputation", reputation.Value),
        ("$at", reputation.At.ToUnixTimeMilliseconds()),
        ("$confirmed", confirmed),
        ("$node", node.Thumbprint.ToArray()));

    public static void SetStanding(IWriteTransaction transaction, NodeId node, string standing, string reason, DateTimeOffset now) => transaction.Execute(
        "UPDATE nodes SET standing = $standing, standing_reason = $reason, standing_ms = $now WHERE id = $node",
        ("$standing", standing),
        ("$reason", reason),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Adds to the history, and returns the event's number.</summary>
    public static long Add(IWriteTransaction transaction, NodeId node, string kind, TaskId? task, double delta, double reputation, string? detail, DateTimeOffset now) => transaction.QueryFirst(
        """
        INSERT INTO node_events (node, at_ms, kind, task, delta, reputation, detail) VALUES ($node, $now, $kind, $task, $delta, $reputation, $detail)
        RETURNING id
        """,
        row => row.Int64(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$kind", kind),
        ("$task", task?.ToArray()),
        ("$delta", delta),
        ("$reputation", reputation),
        ("$detail", detail));

    /// <summary>The newest strikes after a moment, at most as many as quarantine; newest first.</summary>
    public static List<string> StrikesSince(IReadTransaction transaction, NodeId node, DateTimeOffset since) => transaction.Query(
        NewestStrikes,
        row => row.Text(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$since", since.ToUnixTimeMilliseconds()));

    /// <summary>When the node was last released from quarantine, as the log says; null if it never was.</summary>
    public static DateTimeOffset? LastRelease(IReadTransaction transaction, NodeId node) => transaction.QueryFirst<DateTimeOffset?>(
        "SELECT MAX(issued_ms) FROM orchestrator_statements WHERE node = $node AND kind = $kind",
        row => row.NullableTime(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$kind", StatementKind.Release.Name));
}
