using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>The SQL that adds to the ledger. Nothing changes what is there.</summary>
internal static class LedgerStore
{
    /// <summary>What no balance and no amount goes beyond, on either side: integers that every JSON parser reads exactly.</summary>
    public const long Most = (1L << 53) - 1;

    public static bool IsUsed(IReadTransaction transaction, string key) =>
        transaction.QueryFirst("SELECT 1 FROM ledger_transactions WHERE key = $key", row => row.Int64(0), ("$key", key)) == 1;

    public static long Balance(IReadTransaction transaction, LedgerAccount account) =>
        transaction.QueryFirst("SELECT amount FROM ledger_balances WHERE account = $account", row => row.Int64(0), ("$account", account.ToString()));

    /// <summary>Who paid in a transaction, and how much; null if there is none under the key.</summary>
    public static (LedgerAccount Account, long Amount)? FindDebit(IReadTransaction transaction, string key) => transaction.QueryFirst<(LedgerAccount, long)?>(
        "SELECT p.account, -p.amount FROM ledger_transactions t JOIN ledger_postings p ON p.txn = t.id WHERE t.key = $key AND p.amount < 0",
        row => (LedgerAccount.TryParse(row.Text(0), out var account) ? account : throw new InvalidDataException("A stored posting names no account."), row.Int64(1)),
        ("$key", key));

    /// <summary>Adds a transaction with its postings, and moves the balances with it.</summary>
    /// <exception cref="InvalidOperationException">Its postings do not sum to zero: a bug, and nothing is posted.</exception>
    public static void Add(IWriteTransaction transaction, LedgerDraft draft)
    {
        if (draft.Amount <= 0 || draft.Debit == draft.Credit || draft.Postings.Sum(posting => posting.Amount) != 0)
        {
            throw new InvalidOperationException($"The transaction {draft.Key} does not balance.");
        }

        var id = AddTransaction(transaction, draft);
        foreach (var (account, amount) in draft.Postings)
        {
            AddPosting(transaction, id, draft.Kind, account.ToString(), amount);
        }
    }

    private static long AddTransaction(IWriteTransaction transaction, LedgerDraft draft) => transaction.QueryFirst(
        // A clock that is set back does not date a transaction before the one that it follows.
        """
        INSERT INTO ledger_transactions (key, kind, at_ms, task, node, detail)
        VALUES ($key, $kind, MAX($at, COALESCE((SELECT at_ms FROM ledger_transactions ORDER BY id DESC LIMIT 1), $at)), $task, $node, $detail)
        RETURNING id
        """,
        row => row.Int64(0),
        ("$key", draft.Key),
        ("$kind", draft.Kind),
        ("$at", draft.At.ToUnixTimeMilliseconds()),
        ("$task", draft.Task?.ToArray()),
        ("$node", draft.Node?.Thumbprint.ToArray()),
        ("$detail", JsonSerializer.Serialize(draft.Detail, VcpJson.Default.LedgerDetail)));

    private static void AddPosting(IWriteTransaction transaction, long id, string kind, string account, long amount)
    {
        var balance = transaction.QueryFirst(
            "INSERT INTO ledger_balances (account, amount) VALUES ($account, $amount) ON CONFLICT (account) DO UPDATE SET amount = amount + $amount RETURNING amount",
            row => row.Int64(0),
            ("$account", account),
            ("$amount", amount));
        transaction.Execute(
            "INSERT INTO ledger_postings (txn, account, amount, balance) VALUES ($txn, $account, $amount, $balance)",
            ("$txn", id),
            ("$account", account),
            ("$amount", amount),
            ("$balance", balance));
        transaction.Execute(
            """
            INSERT INTO ledger_totals (account, kind, transactions, amount) VALUES ($account, $kind, 1, $amount)
            ON CONFLICT (account, kind) DO UPDATE SET transactions = transactions + 1, amount = amount + $amount
            """,
            ("$account", account),
            ("$kind", kind),
            ("$amount", amount));
    }
}
