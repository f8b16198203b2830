using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>What no database may hold, whatever happened (DESIGN, What must be impossible).</summary>
internal static class StoredFaults
{
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
