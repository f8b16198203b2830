using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Something that changed a node's reputation or standing.</summary>
/// <param name="Kind">Stable name, kebab-case.</param>
/// <param name="At">When.</param>
/// <param name="Delta">What was added to the reputation.</param>
/// <param name="Reputation">The reputation after it.</param>
internal sealed record NodeEvent(string Kind, DateTimeOffset At, double Delta, double Reputation)
{
    /// <summary>Counts up over all nodes; set when it is read.</summary>
    public long Id { get; init; }

    /// <summary>The task that it is about.</summary>
    public TaskId? Task { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Detail { get; init; }
}

/// <summary>The SQL of what happened to nodes. Rows are only ever added.</summary>
internal static class NodeEventStore
{
    public static void Add(IWriteTransaction transaction, NodeId node, NodeEvent happened) => transaction.Execute(
        "INSERT INTO node_events (node, at_ms, kind, task, delta, reputation, detail) VALUES ($node, $at, $kind, $task, $delta, $reputation, $detail)",
        ("$node", node.Thumbprint.ToArray()),
        ("$at", happened.At.ToUnixTimeMilliseconds()),
        ("$kind", happened.Kind),
        ("$task", happened.Task?.ToArray()),
        ("$delta", happened.Delta),
        ("$reputation", happened.Reputation),
        ("$detail", happened.Detail));

    /// <summary>A node's events before one, newest first.</summary>
    public static List<NodeEvent> List(IReadTransaction transaction, NodeId node, long before, int most) => transaction.Query(
        "SELECT id, at_ms, kind, task, delta, reputation, detail FROM node_events WHERE node = $node AND id < $before ORDER BY id DESC LIMIT $most",
        row => new NodeEvent(row.Text(2), row.Time(1), row.Double(4), row.Double(5))
        {
            Id = row.Int64(0),
            Task = row.IsNull(3) ? null : row.TaskId(3),
            Detail = row.NullableText(6),
        },
        ("$node", node.Thumbprint.ToArray()),
        ("$before", before),
        ("$most", (long)most));
}
