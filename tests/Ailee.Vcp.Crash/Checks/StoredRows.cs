using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>Rows that are written once: what was committed of them stays as it is.</summary>
internal static class StoredRows
{
    private static readonly (string Table, string Columns)[] Tables =
    [
        ("log_entries", "quote(idx) || quote(digest) || kind"),
        ("ledger_transactions", "quote(id) || key || kind || quote(at_ms) || quote(task) || quote(node)"),
        ("ledger_postings", "quote(txn) || account || quote(amount) || quote(balance)"),
        ("proofs", "quote(id) || quote(task) || quote(node) || quote(statement)"),
        ("orchestrator_statements", "quote(id) || kind || quote(counter) || quote(statement)"),
    ];

    /// <summary>Notes what is committed now.</summary>
    /// <exception cref="CheckException">Something that was is not any more.</exception>
    public static void Note(Known known, IDatabase database)
    {
        var read = database.Read(transaction => Tables.ToDictionary(
            table => table.Table,
            table => transaction.Query($"SELECT {table.Columns} FROM {table.Table}", row => row.Text(0))));
        foreach (var (table, rows) in read)
        {
            if (known.Rows.TryGetValue(table, out var before) && before.Except(rows).FirstOrDefault() is { } lost)
            {
                throw new CheckException($"A row of {table} is not there any more: {lost}");
            }

            known.Rows[table] = rows;
        }
    }
}
