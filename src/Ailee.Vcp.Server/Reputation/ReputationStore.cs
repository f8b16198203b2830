using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Nodes;
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
        $"SELECT kind FROM node_events WHERE node = $node AND delta < 0 AND kind IN ({Strikes}) AND at_ms > $since ORDER BY id DESC LIMIT {StrikePolicy.Most}";

    /// <summary>A node that was not judged yet has had its reputation since it was enrolled.</summary>
    public static ReputationRow? Find(IReadTransaction transaction, NodeId node) => transaction.QueryFirst(
        "SELECT reputation, COALESCE(reputation_ms, enrolled_ms), confirmed, standing FROM nodes WHERE id = $node",
        row => new ReputationRow(new NodeReputation(row.Double(0), row.Time(1)), row.Int64(2), row.Text(3)),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Adds to the history, and returns the event's number.</summary>
    public static long Add(IWriteTransaction transaction, NodeId node, NodeEvent happened)
    {
        NodeEventStore.Add(transaction, node, happened);
        return transaction.QueryFirst("SELECT MAX(id) FROM node_events", row => row.Int64(0));
    }

    /// <summary>The newest strikes after a moment, at most as many as quarantine; newest first.</summary>
    public static List<string> StrikesSince(IReadTransaction transaction, NodeId node, DateTimeOffset since) => transaction.Query(
        NewestStrikes,
        row => row.Text(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$since", since.ToUnixTimeMilliseconds()));

    /// <summary>When the node last had a fault of a kind; null if never.</summary>
    public static DateTimeOffset? LastFault(IReadTransaction transaction, NodeId node, ReputationEventKind kind) => transaction.QueryFirst<DateTimeOffset?>(
        "SELECT at_ms FROM node_events WHERE node = $node AND delta < 0 AND kind = $kind ORDER BY id DESC LIMIT 1",
        row => row.Time(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$kind", kind.Name));

    /// <summary>Whether the node had a fault of a kind about a task.</summary>
    public static bool HasFault(IReadTransaction transaction, NodeId node, ReputationEventKind kind, TaskId task) => transaction.QueryFirst(
        "SELECT EXISTS (SELECT 1 FROM node_events WHERE node = $node AND delta < 0 AND kind = $kind AND task = $task)",
        row => row.Int64(0) == 1,
        ("$node", node.Thumbprint.ToArray()),
        ("$kind", kind.Name),
        ("$task", task.ToArray()));

    /// <summary>When the node was last released from quarantine, as the log says; null if it never was.</summary>
    public static DateTimeOffset? LastRelease(IReadTransaction transaction, NodeId node) => transaction.QueryFirst<DateTimeOffset?>(
        "SELECT MAX(issued_ms) FROM orchestrator_statements WHERE node = $node AND kind = $kind",
        row => row.NullableTime(0),
        ("$node", node.Thumbprint.ToArray()),
        ("$kind", StatementKind.Release.Name));
}
