using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli.Ledger;

/// <summary>The ledger in a server's data directory. Everything is read at one instant, also while the server runs. Not thread-safe.</summary>
internal sealed class DirectoryLedger : ILedgerReader, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _snapshot;

    /// <exception cref="CliException">There is no ledger.</exception>
    public DirectoryLedger(string directory)
    {
        var path = Path.Combine(directory, "vcp.db");
        if (!File.Exists(path))
        {
            throw new CliException($"{directory} is no data directory: it has no vcp.db.");
        }

        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            _snapshot = _connection.BeginTransaction(deferred: true);
            CountTransactions();
        }
        catch (SqliteException exception)
        {
            _snapshot?.Dispose();
            _connection.Dispose();
            throw new CliException($"The ledger in the database cannot be read ({exception.Message}); a data directory of an older version gets one when its server starts.");
        }
    }

    public long CountTransactions() => Read("SELECT COUNT(*) FROM ledger_transactions", row => row.GetInt64(0)).Single();

    public IEnumerable<LedgerTransaction> Transactions() =>
        Read("SELECT id, kind, at_ms FROM ledger_transactions ORDER BY id", row => new LedgerTransaction(row.GetInt64(0), row.GetString(1), row.GetInt64(2)));

    public IEnumerable<LedgerPosting> Postings() => Read(
        "SELECT txn, account, amount, balance FROM ledger_postings ORDER BY txn, account",
        row => new LedgerPosting(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)));

    public IEnumerable<LedgerBalance> Balances() =>
        Read("SELECT account, amount FROM ledger_balances ORDER BY account", row => new LedgerBalance(row.GetString(0), row.GetInt64(1)));

    public IEnumerable<LedgerTotal> Totals() => Read(
        "SELECT account, kind, transactions, amount FROM ledger_totals ORDER BY account, kind",
        row => new LedgerTotal(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)));

    public IEnumerable<string> RepeatedKeys() =>
        Read("SELECT key FROM ledger_transactions GROUP BY key HAVING COUNT(*) > 1", row => row.GetString(0));

    public IEnumerable<long> TransactionsOfUnknownTasks() => Read(
        "SELECT id FROM ledger_transactions t WHERE task IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = t.task) ORDER BY id",
        row => row.GetInt64(0));

    public IEnumerable<long> TransactionsOfUnknownNodes() => Read(
        "SELECT id FROM ledger_transactions t WHERE node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE id = t.node) ORDER BY id",
        row => row.GetInt64(0));

    public IEnumerable<NodeId> Nodes() => Read("SELECT id FROM nodes", row => new NodeId(new Digest(row.GetFieldValue<byte[]>(0))));

    public void Dispose()
    {
        _snapshot.Dispose();
        _connection.Dispose();
    }

    private IEnumerable<T> Read<T>(string sql, Func<SqliteDataReader, T> map)
    {
        using var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, _snapshot);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return map(reader);
        }
    }
}
