using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ailee.Vcp.Server.Storage;

/// <summary>
/// One connection with its prepared statements. Not thread-safe. It speaks to SQLite below ADO.NET, whose commands, readers and parameters
/// cost several times what the statements of a task do.
/// </summary>
internal sealed class SqliteSession : IWriteTransaction, IDisposable
{
    /// <summary>How long a statement waits for a lock of another connection.</summary>
    public const int BusyTimeoutMs = 30_000;

    // https://sqlite.org/c3ref/c_dbstatus_options.html
    private const int StatusCacheWrite = 9;

    // https://sqlite.org/c3ref/c_dbconfig_defensive.html
    private const int ConfigNoCheckpointOnClose = 1006;

    // https://sqlite.org/c3ref/c_config_covering_index_scan.html
    private const int ConfigStatementJournalSpill = 26;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    static SqliteSession()
    {
        Batteries_V2.Init();
        // Otherwise each statement that may be undone halfway takes and gives back 64 KiB, which costs more than the statement. Only
        // possible before the first connection of the process; if that was another's, it is slower and no less right.
        _ = raw.sqlite3_config(ConfigStatementJournalSpill, -1);
    }

    public SqliteSession(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        _database = _connection.Handle!;
        raw.sqlite3_busy_timeout(_database, BusyTimeoutMs);
        Execute("PRAGMA synchronous = FULL");
        Execute("PRAGMA foreign_keys = ON");
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement) && !TryPrepare(sql, parameters, out statement))
        {
            return ExecuteScript(sql);
        }

        statement!.Bind(parameters);
        try
        {
            while (statement.Step())
            {
                // What a statement gives back, as some pragmas do, is of no interest here.
            }

            return statement.IsReadOnly ? 0 : raw.sqlite3_changes(_database);
        }
        finally
        {
            statement.Reset();
        }
    }

    public List<T> Query<T>(string sql, Func<Row, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement) && !TryPrepare(sql, parameters, out statement))
        {
            throw new ArgumentException("A query is one statement.", nameof(sql));
        }

        // A mapping that runs the same query would read on in this one.
        if (!statement!.TryBegin())
        {
            throw new InvalidOperationException("The query runs already.");
        }

        var rows = new List<T>();
        try
        {
            statement.Bind(parameters);
            var row = new Row(statement.Handle);
            while (statement.Step())
            {
                rows.Add(map(row));
            }
        }
        finally
        {
            statement.Reset();
        }

        return rows;
    }

    public byte[] ReadBlob(string table, string column, long row, long offset, int length)
    {
        using var blob = new SqliteBlob(_connection, table, column, row, readOnly: true);
        var part = new byte[Math.Clamp(blob.Length - offset, 0, length)];
        blob.Position = Math.Min(offset, blob.Length);
        blob.ReadExactly(part);
        return part;
    }

    /// <summary>Pages that this connection wrote to the write-ahead log since it was last asked.</summary>
    public int TakeWrittenPages()
    {
        Check(raw.sqlite3_db_status(_database, StatusCacheWrite, out var pages, out _, 1));
        return pages;
    }

    /// <summary>Writes back what is in the write-ahead log, as far as nobody reads an older state.</summary>
    /// <returns>Pages in the log; null if another connection writes it back just now.</returns>
    /// <exception cref="SqliteException">It was not written back.</exception>
    public int? Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_database, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _);
        if (code == raw.SQLITE_BUSY)
        {
            return null;
        }

        Check(code);
        return pages;
    }

    /// <summary>Has the write-ahead log left as it is when this is disposed; else the last connection writes it back.</summary>
    public void LeaveLog() => Check(raw.sqlite3_db_config(_database, ConfigNoCheckpointOnClose, 1, out _));

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    // False if it is a script of several statements.
    private bool TryPrepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters, out Statement? prepared)
    {
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle, out var rest));
        if (!string.IsNullOrWhiteSpace(rest))
        {
            handle.Dispose();
            prepared = null;
            return false;
        }

        prepared = new Statement(_database, handle, parameters);
        _statements.Add(sql, prepared);
        return true;
    }

    private int ExecuteScript(string sql)
    {
        Check(raw.sqlite3_exec(_database, sql));
        return 0;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);

    /// <summary>A prepared statement, and the place of each of its parameters.</summary>
    private sealed class Statement : IDisposable
    {
        private readonly sqlite3 _database;
        private readonly int[] _places;
        private bool _runs;

        public Statement(sqlite3 database, sqlite3_stmt handle, ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            (_database, Handle) = (database, handle);
            IsReadOnly = raw.sqlite3_stmt_readonly(handle) != 0;
            _places = new int[parameters.Length];
            for (var i = 0; i < parameters.Length; i++)
            {
                _places[i] = raw.sqlite3_bind_parameter_index(handle, parameters[i].Name);
            }

            if (_places.Count(place => place > 0) != raw.sqlite3_bind_parameter_count(handle))
            {
                throw new ArgumentException($"A parameter of the statement has no value: {raw.sqlite3_sql(handle).utf8_to_string()}");
            }
        }

        public sqlite3_stmt Handle { get; }

        public bool IsReadOnly { get; }

        public bool TryBegin() => !_runs && (_runs = true);

        public void Bind(ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                if (_places[i] > 0)
                {
                    SqliteException.ThrowExceptionForRC(Bind(_places[i], parameters[i].Value), _database);
                }
            }
        }

        public bool Step()
        {
            var code = raw.sqlite3_step(Handle);
            if (code is raw.SQLITE_ROW)
            {
                return true;
            }

            if (code is not raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            return false;
        }

        // The code of a failed step comes again here, and was thrown by then.
        public void Reset()
        {
            _runs = false;
            _ = raw.sqlite3_reset(Handle);
        }

        public void Dispose() => Handle.Dispose();

        private int Bind(int place, object? value) => value switch
        {
            null => raw.sqlite3_bind_null(Handle, place),
            long number => raw.sqlite3_bind_int64(Handle, place, number),
            byte[] bytes => raw.sqlite3_bind_blob(Handle, place, bytes),
            string text => raw.sqlite3_bind_text(Handle, place, text),
            int number => raw.sqlite3_bind_int64(Handle, place, number),
            double number => raw.sqlite3_bind_double(Handle, place, number),
            _ => throw new ArgumentException($"A {value.GetType().Name} is no value of a parameter."),
        };
    }
}
