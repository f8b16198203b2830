using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>What no database may hold, whatever happened (DESIGN, What must be impossible).</summary>
internal static class StoredFaults
{
    private const string Use =
        """
        SELECT s.submitter AS tenant, IFNULL((SELECT stored_bytes FROM tenant_usage WHERE tenant = s.submitter), 0) AS stored, (SELECT IFNULL(SUM(
            OCTET_LENGTH(t.selection) + IFNULL(OCTET_LENGTH(t.labels), 0)
            + IFNULL((SELECT LENGTH(invocation) + LENGTH(stdin) FROM task_inputs WHERE task = t.id), 0)
            + IFNULL((SELECT LENGTH(hashes) + LENGTH(lengths) + LENGTH(leaves) FROM task_traces WHERE task = t.id), 0)
            + IFNULL((SELECT LENGTH(record) + LENGTH(stdout) + LENGTH(stderr) FROM task_outputs WHERE task = t.id), 0)
            + IFNULL((SELECT SUM(LENGTH(content)) FROM task_file_chunks WHERE task = t.id), 0)), 0)
            FROM tasks t WHERE t.submitter = s.submitter AND t.state IN ('completed', 'failed', 'cancelled')) AS held
        FROM (SELECT DISTINCT submitter FROM tasks WHERE submitter <> 'local') s
        """;

    private static readonly (string What, string Sql)[] Queries =
    [
        ("a completed task without a statement", "SELECT quote(id) FROM tasks t WHERE state = 'completed' AND NOT EXISTS (SELECT 1 FROM proofs WHERE task = t.id)"),
        ("a statement of a task that is not completed", "SELECT quote(id) FROM tasks t WHERE replicas = 1 AND state <> 'completed' AND EXISTS (SELECT 1 FROM proofs WHERE task = t.id)"),
        ("a statement that is not in the log", "SELECT quote(id) FROM proofs p WHERE NOT EXISTS (SELECT 1 FROM log_entries WHERE digest = p.id)"),
        ("an orchestrator's statement that is not in the log", "SELECT quote(id) FROM orchestrator_statements o WHERE NOT EXISTS (SELECT 1 FROM log_entries WHERE digest = o.id)"),
        ("two decisions of one task", "SELECT quote(task) FROM orchestrator_statements WHERE kind = 'certificate' GROUP BY task HAVING COUNT(*) > 1"),
        ("a quorum without a certificate", "SELECT quote(id) FROM tasks t WHERE replicas > 1 AND state = 'completed' AND NOT EXISTS (SELECT 1 FROM orchestrator_statements WHERE task = t.id AND kind = 'certificate')"),
        ("a decided task with an attempt that runs", "SELECT quote(t.id) FROM tasks t JOIN attempts a ON a.task = t.id WHERE t.replicas = 1 AND t.state IN ('completed', 'failed', 'cancelled') AND a.state = 'running' AND a.purpose <> 'audit'"),
        ("a part of an output that nobody needs any more", "SELECT quote(task) FROM candidate_chunks c JOIN tasks t ON t.id = c.task WHERE t.state IN ('failed', 'cancelled')"),
        ("a node that was paid twice for a task", "SELECT quote(task) FROM ledger_transactions WHERE kind = 'reward' AND task IS NOT NULL GROUP BY task, node HAVING COUNT(*) > 1"),
        ("an output that is both there and expired, or neither", "SELECT quote(id) FROM tasks t WHERE state = 'completed' AND EXISTS (SELECT 1 FROM task_outputs WHERE task = t.id) = EXISTS (SELECT 1 FROM expired_outputs WHERE task = t.id)"),
        ("a file of an output that is expired", "SELECT quote(task) FROM task_file_chunks c WHERE EXISTS (SELECT 1 FROM expired_outputs WHERE task = c.task)"),
        ("a key that was made or revoked without a line of the audit trail", "SELECT id FROM api_keys k WHERE NOT EXISTS (SELECT 1 FROM audit_events WHERE subject = k.id AND kind = 'key.created' OR kind = 'key.rotated' AND detail LIKE '%now ' || k.id || ';%') OR revoked_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_events WHERE subject = k.id AND kind IN ('key.revoked', 'key.rotated'))"),
        ("a key that another took the place of, and goes on or the other is not there", "SELECT id FROM api_keys k WHERE successor IS NOT NULL AND (revoked_ms IS NULL OR NOT EXISTS (SELECT 1 FROM api_keys WHERE id = k.successor))"),
        ("a tenant's use that is not that of his tasks", $"SELECT tenant || ': ' || stored || ' bytes of ' || held FROM ({Use}) WHERE stored <> held"),
        ("the mark of a backup", "SELECT name FROM sqlite_schema WHERE name = 'backup_mark'"),
        ("a hole in the log", "SELECT COUNT(*) FROM log_entries HAVING COUNT(*) <> COALESCE(MAX(idx) + 1, 0)"),
        ("a row that points to none", "SELECT \"table\" FROM pragma_foreign_key_check"),
        ("damage", "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
    ];

    /// <summary>All that is found, a sentence each.</summary>
    public static List<string> Find(IDatabase database) => database.Read(transaction => (List<string>)
    [
        .. Queries.SelectMany(query => transaction.Query(query.Sql, row => $"{query.What}: {row.NullableText(0)}")),
        .. LedgerCheck.Faults(new LedgerReader(transaction)),
        .. RepeatedCounters(transaction),
    ]);

    private static IEnumerable<string> RepeatedCounters(IReadTransaction transaction)
    {
        var seen = new HashSet<(NodeId, ulong)>();
        foreach (var bytes in transaction.Query("SELECT statement FROM proofs", row => row.Bytes(0)))
        {
            var header = SignedStatement.TryDecode(bytes, out _)!.Header;
            if (!seen.Add((header.KeyId, header.Counter)))
            {
                yield return $"the counter {header.Counter} of {header.KeyId} in two statements";
            }
        }
    }
}
