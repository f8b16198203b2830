using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>The ledger of a database for its check, in parts: the whole of it is never in memory.</summary>
internal sealed class LedgerReader(IReadTransaction transaction) : ILedgerReader
{
    private const long Part = 10_000;

    public IEnumerable<LedgerTransaction> Transactions()
    {
        for (var last = long.MinValue; ;)
        {
            var part = transaction.Query(
                "SELECT id, kind, at_ms FROM ledger_transactions WHERE id > $last ORDER BY id LIMIT $part",
                row => new LedgerTransaction(row.Int64(0), KindOf(row.Text(1)), row.Int64(2)),
                ("$last", last),
                ("$part", Part));
            foreach (var entry in part)
            {
                yield return entry;
            }

            if (part.Count < Part)
            {
                yield break;
            }

            last = part[^1].Id;
        }
    }

    public IEnumerable<LedgerPosting> Postings()
    {
        for (var (last, account) = (long.MinValue, string.Empty); ;)
        {
            var part = transaction.Query(
                "SELECT txn, account, amount, balance FROM ledger_postings WHERE (txn, account) > ($last, $account) ORDER BY txn, account LIMIT $part",
                row => new LedgerPosting(row.Int64(0), row.Text(1), row.Int64(2), row.Int64(3)),
                ("$last", last),
                ("$account", account),
                ("$part", Part));
            foreach (var posting in part)
            {
                yield return posting;
            }

            if (part.Count < Part)
            {
                yield break;
            }

            (last, account) = (part[^1].Transaction, part[^1].Account);
        }
    }

    public IEnumerable<LedgerBalance> Balances() =>
        transaction.Query("SELECT account, amount FROM ledger_balances ORDER BY account", row => new LedgerBalance(row.Text(0), row.Int64(1)));

    public IEnumerable<LedgerTotal> Totals() => transaction.Query(
        "SELECT account, kind, transactions, amount FROM ledger_totals ORDER BY account, kind",
        row => new LedgerTotal(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3)));

    public IEnumerable<string> RepeatedKeys() =>
        transaction.Query("SELECT key FROM ledger_transactions GROUP BY key HAVING COUNT(*) > 1 LIMIT $part", row => row.Text(0), ("$part", Part));

    public IEnumerable<long> TransactionsOfUnknownTasks() => transaction.Query(
        "SELECT id FROM ledger_transactions t WHERE task IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = t.task) ORDER BY id LIMIT $part",
        row => row.Int64(0),
        ("$part", Part));

    public IEnumerable<long> TransactionsOfUnknownNodes() => transaction.Query(
        "SELECT id FROM ledger_transactions t WHERE node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE id = t.node) ORDER BY id LIMIT $part",
        row => row.Int64(0),
        ("$part", Part));

    public IEnumerable<NodeId> Nodes() => transaction.Query("SELECT id FROM nodes", row => row.NodeId(0));

    // Few kinds, many rows.
    private static string KindOf(string kind) => LedgerKinds.All.FirstOrDefault(known => known == kind) ?? kind;
}
