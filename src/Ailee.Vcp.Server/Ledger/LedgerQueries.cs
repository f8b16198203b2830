using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>The SQL that reads the ledger for people.</summary>
internal static class LedgerQueries
{
    // Numbers and times of transactions rise together, so a range of times is one of numbers.
    private const string Lines =
        """
        SELECT p.txn, t.at_ms, t.kind, p.amount, p.balance, (SELECT o.account FROM ledger_postings o WHERE o.txn = p.txn AND o.account <> p.account), t.task, t.detail
        FROM ledger_postings p CROSS JOIN ledger_transactions t ON t.id = p.txn
        WHERE p.account = $account AND p.txn < $before AND p.txn > $after
          AND p.txn >= COALESCE((SELECT id FROM ledger_transactions WHERE at_ms >= $from ORDER BY at_ms, id LIMIT 1), $before)
          AND p.txn < COALESCE((SELECT id FROM ledger_transactions WHERE at_ms >= $to ORDER BY at_ms, id LIMIT 1), $before)
        ORDER BY p.txn {0} LIMIT $limit
        """;

    private static readonly string NewestFirst = Lines.Replace("{0}", "DESC", StringComparison.Ordinal);
    private static readonly string OldestFirst = Lines.Replace("{0}", "ASC", StringComparison.Ordinal);

    /// <summary>How many accounts there are, and what they have together.</summary>
    public static (long Accounts, long Sum) Accounts(IReadTransaction transaction) =>
        transaction.QueryFirst("SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM ledger_balances", row => (row.Int64(0), row.Int64(1)));

    /// <summary>What nodes got, by kind. Every transaction has one node.</summary>
    public static List<AccountTotal> NodeTotals(IReadTransaction transaction) => transaction.Query(
        "SELECT kind, SUM(transactions), SUM(amount) FROM ledger_totals WHERE account >= 'node:' AND account < 'node;' GROUP BY kind ORDER BY kind",
        row => new AccountTotal(row.Text(0), row.Int64(1), row.Int64(2)));

    public static List<AccountTotal> Totals(IReadTransaction transaction, LedgerAccount account) => transaction.Query(
        "SELECT kind, transactions, amount FROM ledger_totals WHERE account = $account ORDER BY kind",
        row => new AccountTotal(row.Text(0), row.Int64(1), row.Int64(2)),
        ("$account", account.ToString()));

    /// <summary>The balance, or null if nothing was ever posted to it.</summary>
    public static long? FindBalance(IReadTransaction transaction, LedgerAccount account) =>
        transaction.QueryFirst<long?>("SELECT amount FROM ledger_balances WHERE account = $account", row => row.Int64(0), ("$account", account.ToString()));

    /// <summary>Accounts by name, one more than asked for.</summary>
    public static List<AccountView> List(IReadTransaction transaction, int limit, string after) => transaction.Query(
        "SELECT account, amount FROM ledger_balances WHERE account > $after ORDER BY account LIMIT $limit",
        row => new AccountView(row.Text(0), row.Int64(1)),
        ("$after", after),
        ("$limit", limit + 1L));

    /// <summary>Transactions, newest first, one more than asked for.</summary>
    public static List<LedgerTransactionView> Transactions(IReadTransaction transaction, LedgerQuery query) => [.. transaction.Query(
        "SELECT id, key, kind, at_ms, task, node, detail FROM ledger_transactions WHERE id < $before ORDER BY id DESC LIMIT $limit",
        row => new LedgerTransactionView(
            row.Int64(0),
            row.Text(1),
            row.Text(2),
            row.Time(3),
            row.IsNull(4) ? null : row.TaskId(4).ToString(),
            row.IsNull(5) ? null : row.NodeId(5).ToString(),
            Detail(row.NullableText(6)),
            []),
        ("$before", query.Before),
        ("$limit", query.Limit + 1L)).Select(view => view with { Postings = Postings(transaction, view.Id) })];

    /// <summary>An account's lines, newest first, one more than asked for.</summary>
    public static List<StatementLine> Statement(IReadTransaction transaction, LedgerAccount account, LedgerQuery query) =>
        Query(transaction, NewestFirst, account, query, long.MinValue, query.Limit + 1L);

    /// <summary>An account's lines, oldest first, from after a transaction.</summary>
    public static List<StatementLine> StatementAfter(IReadTransaction transaction, LedgerAccount account, LedgerQuery query, long after) =>
        Query(transaction, OldestFirst, account, query, after, query.Limit);

    /// <summary>Number of the newest transaction, 0 if there is none.</summary>
    public static long Newest(IReadTransaction transaction) => transaction.QueryFirst("SELECT COALESCE(MAX(id), 0) FROM ledger_transactions", row => row.Int64(0));

    private static List<StatementLine> Query(IReadTransaction transaction, string sql, LedgerAccount account, LedgerQuery query, long after, long limit) => transaction.Query(
        sql,
        row => new StatementLine(
            row.Int64(0),
            row.Time(1),
            row.Text(2),
            row.Int64(3),
            row.Int64(4),
            row.Text(5),
            row.IsNull(6) ? null : row.TaskId(6).ToString(),
            Detail(row.NullableText(7))),
        ("$account", account.ToString()),
        ("$before", query.Before),
        ("$after", after),
        ("$from", query.FromMs),
        ("$to", query.ToMs),
        ("$limit", limit));

    private static List<LedgerPostingView> Postings(IReadTransaction transaction, long id) => transaction.Query(
        "SELECT account, amount FROM ledger_postings WHERE txn = $txn ORDER BY account",
        row => new LedgerPostingView(row.Text(0), row.Int64(1)),
        ("$txn", id));

    private static LedgerDetail Detail(string? text) => text is null ? new LedgerDetail() : JsonSerializer.Deserialize(text, VcpJson.Default.LedgerDetail)!;
}
