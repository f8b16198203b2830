using Ailee.Vcp.Cli.Ledger;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Statements;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli.Backup;

/// <summary>The database of a backup: how it is copied, marked and checked.</summary>
internal static class BackupDatabase
{
    private const int MostFaults = 20;

    /// <summary>
    /// Copies a database as it is at one instant, also while a server writes to it: the copy reads a snapshot, which nobody waits for, and
    /// the write-ahead log cannot be reused before it is done.
    /// </summary>
    /// <param name="from">The database.</param>
    /// <param name="to">The copy, an empty file.</param>
    /// <param name="takenAt">What the mark says.</param>
    public static void Copy(string from, string to, DateTimeOffset takenAt)
    {
        using var source = Open(from, SqliteOpenMode.ReadOnly);
        using var target = Open(to, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        // One file, which can be read where nobody may write. The server turns it back.
        Read(target, "PRAGMA journal_mode = DELETE");
        if (Read(target, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'restores'") is not 1L)
        {
            throw new CliException("The database is of an older version than this program: start its server once, then back it up.");
        }

        // A backup that was not started on yet has one already.
        Execute(target, "DROP TABLE IF EXISTS backup_mark");
        Execute(target, "CREATE TABLE backup_mark (taken_ms INTEGER NOT NULL, same_log INTEGER NOT NULL) STRICT");
        Execute(target, $"INSERT INTO backup_mark VALUES ({takenAt.ToUnixTimeMilliseconds()}, 0)");
    }

    /// <summary>Says in a copy that nothing was published since, so that its log goes on.</summary>
    public static void MarkSameLog(string path)
    {
        using var database = Open(path, SqliteOpenMode.ReadWrite);
        if (Execute(database, "UPDATE backup_mark SET same_log = 1") != 1)
        {
            throw new CliException($"{path} has no mark of a backup.");
        }
    }

    /// <summary>The database's own version.</summary>
    public static long Version(string path)
    {
        using var database = Open(path, SqliteOpenMode.ReadOnly);
        return (long)Read(database, "PRAGMA user_version")!;
    }

    /// <summary>The key that signed the log's genesis; null if there is none.</summary>
    public static PublicKey? Orchestrator(string path)
    {
        using var database = Open(path, SqliteOpenMode.ReadOnly);
        return Read(database, "SELECT s.statement FROM log_entries e JOIN orchestrator_statements s ON s.id = e.digest WHERE e.idx = 0") is byte[] genesis
            ? OrchestratorStatement.TryDecode(genesis, out _)?.Header.Key
            : null;
    }

    /// <summary>What is wrong with the copy in a directory: its pages, its references, its log and its ledger. At most some of each.</summary>
    public static async Task<List<string>> FaultsAsync(string directory, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        using (var database = Open(Path.Combine(directory, BackupFiles.Database), SqliteOpenMode.ReadOnly))
        {
            faults.AddRange(List(database, $"PRAGMA integrity_check({MostFaults})").Where(line => line != "ok"));
            faults.AddRange(List(database, "PRAGMA foreign_key_check").Take(MostFaults).Select(table => $"a row of {table} refers to one that is not there"));
        }

        using (var log = new DirectoryLogSource(directory))
        {
            faults.AddRange((await new LogFsck(log).RunAsync(null, cancellationToken)).Faults.Take(MostFaults).Select(fault => $"log: {fault}"));
        }

        using var ledger = new DirectoryLedger(directory);
        faults.AddRange(LedgerCheck.Faults(ledger).Take(MostFaults).Select(fault => $"ledger: {fault}"));
        return faults;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        database.Open();
        return database;
    }

    private static object? Read(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static int Execute(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static List<string> List(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
