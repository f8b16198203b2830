using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of audits.</summary>
internal static class AuditStore
{
    private const int MostAtOnce = 1000;

    public static void Add(IWriteTransaction transaction, TaskId task, NodeId node, DateTimeOffset now) => transaction.Execute(
        "INSERT OR IGNORE INTO audits (task, node, state, created_ms) VALUES ($task, $node, 'due', $now)",
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Adds what a node decided alone since its last audit that passed, newest first, up to a bound.</summary>
    public static void AddUnaudited(IWriteTransaction transaction, NodeId node, DateTimeOffset now) => transaction.Execute(
        """
        INSERT OR IGNORE INTO audits (task, node, state, created_ms)
        SELECT t.id, p.node, 'due', $now
        FROM proofs p JOIN tasks t ON t.id = p.task AND t.proof = p.id
        WHERE p.node = $node AND t.state = 'completed' AND t.decision IS NULL
          AND EXISTS (SELECT 1 FROM task_inputs i WHERE i.task = t.id)
          AND p.received_ms > COALESCE((SELECT MAX(created_ms) FROM audits WHERE node = $node AND state = 'passed'), 0)
        ORDER BY p.received_ms DESC LIMIT $most
        """,
        ("$node", node.Thumbprint.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$most", (long)MostAtOnce));

    /// <summary>The node whose result is audited.</summary>
    public static NodeId? FindNode(IReadTransaction transaction, TaskId task) =>
        transaction.QueryFirst<NodeId?>("SELECT node FROM audits WHERE task = $task AND state = 'due'", row => row.NodeId(0), ("$task", task.ToArray()));

    /// <summary>Whether an audit is due that can be run. One whose module or bundle was deleted is given up; while it runs they are not deleted.</summary>
    public static bool TryBegin(IWriteTransaction transaction, TaskId task)
    {
        var canRun = transaction.QueryFirst<bool?>(
            """
            SELECT EXISTS (SELECT 1 FROM modules m WHERE m.digest = t.module)
                   AND (t.bundle IS NULL OR EXISTS (SELECT 1 FROM whole_bundles b WHERE b.digest = t.bundle))
            FROM audits a JOIN tasks t ON t.id = a.task WHERE a.task = $task AND a.state = 'due'
            """,
            row => row.Int64(0) == 1,
            ("$task", task.ToArray()));
        if (canRun == false)
        {
            GiveUp(transaction, task);
        }

        return canRun == true;
    }

    public static void End(IWriteTransaction transaction, TaskId task, bool agrees, Digest statement, DateTimeOffset now) => transaction.Execute(
        "UPDATE audits SET state = $state, ended_ms = $now, statement = $statement WHERE task = $task AND state = 'due'",
        ("$state", agrees ? "passed" : "failed"),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$statement", statement.ToArray()),
        ("$task", task.ToArray()));

    public static void GiveUp(IWriteTransaction transaction, TaskId task) =>
        transaction.Execute("UPDATE audits SET state = 'given-up' WHERE task = $task AND state = 'due'", ("$task", task.ToArray()));

    /// <summary>Tasks whose audit is due and does not run, oldest first.</summary>
    public static List<TaskId> Due(IReadTransaction transaction) => transaction.Query(
        """
        SELECT task FROM audits
        WHERE state = 'due' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.task = audits.task AND a.state = 'running' AND a.purpose = 'audit')
        ORDER BY created_ms LIMIT $most
        """,
        row => row.TaskId(0),
        ("$most", (long)MostAtOnce));

    /// <summary>The audit of a task as its view shows it; null if there is none.</summary>
    public static (string State, Digest? Statement)? Find(IReadTransaction transaction, TaskId task) => transaction.QueryFirst<(string, Digest?)?>(
        "SELECT state, statement FROM audits WHERE task = $task",
        row => (row.Text(0), row.IsNull(1) ? null : row.Digest(1)),
        ("$task", task.ToArray()));
}
