using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Server.Storage;

/// <summary>
/// SQLite in WAL mode with <c>synchronous=FULL</c>: one writer thread commits whatever waits as one group, of which a change that
/// throws is left out; readers run in parallel on connections of their own.
/// </summary>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    private const int MaxGroup = 512;

    // As SQLite would do by itself, but for the result, which that loses.
    private const int PagesPerCheckpoint = 1000;

    // https://sqlite.org/rescode.html#ioerr_fsync
    private const int NotSynced = 1034;

    // The write-ahead log is cut to this once it was written back; one large group may take more for a while.
    private const int MaxLogBytes = 16 << 20;

    // A group changes some hundreds of pages, and finds most of those of the group before.
    private const int WriterCacheKibibytes = 8 << 10;

    private readonly string _path;
    private readonly SqliteSession _writer;
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(8192) { SingleReader = true });
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SharedReads _shared;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _logPages;
    private volatile Exception? _failure;
    private volatile bool _isClosed;

    /// <summary>Opens the database, creating or migrating it.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or written.</exception>
    public SqliteDatabase(string path)
    {
        _path = path;
        _shared = new SharedReads(this);
        _writer = new SqliteSession(path);
        try
        {
            if (_writer.QueryFirst("PRAGMA journal_mode = WAL", row => row.Text(0)) is var mode and not "wal")
            {
                throw new StartupException($"The file system of {path} cannot hold SQLite's write-ahead log (the journal is in mode {mode}). Set Storage:DataDirectory to a local file system.");
            }

            _writer.Query($"PRAGMA journal_size_limit = {MaxLogBytes}", row => row.Int64(0));
            _writer.Query("PRAGMA wal_autocheckpoint = 0", row => row.Int64(0));
            _writer.Execute($"PRAGMA cache_size = -{WriterCacheKibibytes}");
            SettleLog();
            Migrations.Apply(_writer);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "vcp-writer" };
        _thread.Start();
    }

    /// <summary>Why the last group could not be committed, or null if it was.</summary>
    public Exception? Failure => _failure;

    /// <summary>Fails once the database cannot go on before it is opened again; until then it takes no change.</summary>
    public Task Lost => _lost.Task;

    public async Task<T> WriteAsync<T>(Func<IWriteTransaction, T> change)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _changes.Writer.WriteAsync(Change.Create(change, completion));
        }
        catch (ChannelClosedException exception)
        {
            throw new StorageException("The database is closed.", exception);
        }

        return await completion.Task;
    }

    /// <summary>
    /// Whether the database takes changes. After a failure it is tried: a server that is not ready gets no requests, so nothing else
    /// would find out that there is room again.
    /// </summary>
    public async Task<bool> IsWritableAsync()
    {
        if (_failure is null)
        {
            return true;
        }

        try
        {
            // A table needs a page, as any real change may.
            await WriteAsync(transaction => transaction.Execute("CREATE TABLE probe (x)") + transaction.Execute("DROP TABLE probe"));
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    /// <summary>Bytes of the file, bytes in it that are free, and bytes of the write-ahead log.</summary>
    public (long File, long Free, long Log) Measure()
    {
        var (pages, free, page) = Read(transaction => (Number(transaction, "page_count"), Number(transaction, "freelist_count"), Number(transaction, "page_size")));
        var log = new FileInfo(_path + "-wal");
        return (pages * page, free * page, log.Exists ? log.Length : 0);

        static long Number(IReadTransaction transaction, string pragma) => transaction.QueryFirst($"PRAGMA {pragma}", row => row.Int64(0));
    }

    public T Read<T>(Func<IReadTransaction, T> query)
    {
        if (_isClosed)
        {
            throw new StorageException("The database is closed.", new ObjectDisposedException(nameof(SqliteDatabase)));
        }

        if (!_readers.TryTake(out var session))
        {
            session = new SqliteSession(_path);
        }

        var isAtRest = false;
        try
        {
            session.Execute("BEGIN");
            try
            {
                return query(session);
            }
            finally
            {
                session.Execute("COMMIT");
                isAtRest = true;
            }
        }
        finally
        {
            if (isAtRest)
            {
                _readers.Add(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }

    public Task<T> ReadSharedAsync<T>(Func<IReadTransaction, T> query) => _shared.Add(query);

    public void Dispose()
    {
        _changes.Writer.TryComplete();
        _thread.Join();
        _isClosed = true;
        foreach (var session in _readers.Append(_writer))
        {
            if (Lost.IsFaulted)
            {
                session.LeaveLog();
            }

            session.Dispose();
        }
    }

    /// <summary>
    /// Writes back what the process before left in the write-ahead log. SQLite takes what it finds there for committed, also what that process had not, or not
    /// successfully, synced, and later commits sync only their own part: a power cut could take the part before and with it all that follows.
    /// </summary>
    private void SettleLog()
    {
        // Somebody who reads, such as a backup, delays it no longer than this. The log is synced then, and written back with a later part of it.
        const int PatienceMs = 2000;
        _writer.Execute($"PRAGMA busy_timeout = {PatienceMs}");
        _writer.Query("PRAGMA wal_checkpoint(TRUNCATE)", row => row.Int64(0));
        _writer.Execute($"PRAGMA busy_timeout = {SqliteSession.BusyTimeoutMs}");
    }

    private void Run()
    {
        var group = new List<Change>(MaxGroup);
        while (_changes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < MaxGroup && _changes.Reader.TryRead(out var change))
            {
                group.Add(change);
            }

            Commit(group);
        }
    }

    /// <summary>
    /// Writes the log back once it is long. If the database's file could not be synced, pages of it that were written back before may be lost too, and SQLite
    /// will not write them again: only a start that reads the whole log does. So the log is kept, and nothing is taken until then.
    /// </summary>
    private void Checkpoint()
    {
        try
        {
            _logPages += _writer.TakeWrittenPages();
            if (_logPages >= PagesPerCheckpoint && !Lost.IsFaulted)
            {
                _logPages = _writer.Checkpoint() ?? _logPages;
            }
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == NotSynced)
        {
            Lose(exception);
        }
        catch (SqliteException)
        {
            // Tried again with the next group; if there is no room, that says so.
        }
    }

    private void Lose(Exception exception)
    {
        _failure = exception;
        _lost.SetException(new StorageException("The database's file could not be synced. What was stored is in its write-ahead log, and the next start takes it from there.", exception));
    }

    private void Commit(List<Change> group)
    {
        if (Lost.IsFaulted)
        {
            group.ForEach(change => change.Fail(new StorageException("The database is not written any more.", _failure!)));
            return;
        }

        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            if (!TryApply(group))
            {
                _writer.Execute("ROLLBACK");
                _writer.Execute("BEGIN IMMEDIATE");
                foreach (var change in group)
                {
                    Apply(change);
                }
            }

            _writer.Execute("COMMIT");
            _failure = null;
        }
        catch (SqliteException exception)
        {
            _failure = exception;
            RollBack();
            foreach (var change in group)
            {
                change.Fail(new StorageException("The database could not be written.", exception));
            }

            return;
        }

        // While nobody reads what was committed yet: who does keeps the log from beginning anew.
        Checkpoint();
        foreach (var change in group)
        {
            change.Release();
        }
    }

    /// <summary>Applies all without savepoints, each of which would copy every page before it is changed; false if one made a mistake.</summary>
    private bool TryApply(List<Change> group)
    {
        try
        {
            foreach (var change in group)
            {
                change.Run(_writer);
            }

            return true;
        }
        catch (Exception exception) when (IsOwnMistake(exception))
        {
            return false;
        }
    }

    /// <summary>Applies one within a savepoint, so that its mistake undoes nothing else.</summary>
    private void Apply(Change change)
    {
        _writer.Execute("SAVEPOINT change");
        try
        {
            change.Run(_writer);
        }
        catch (Exception exception) when (IsOwnMistake(exception))
        {
            _writer.Execute("ROLLBACK TO change");
            change.FailLater(exception);
        }

        _writer.Execute("RELEASE change");
    }

    // A database that cannot write is nobody's mistake, and ends the whole group.
    private static bool IsOwnMistake(Exception exception) => exception is not SqliteException { SqliteErrorCode: not Constraint };

    private const int Constraint = 19;

    private void RollBack()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

    /// <summary>A change that waits for its group.</summary>
    private sealed class Change(Action<IWriteTransaction> run, Action release, Action<Exception> fail)
    {
        private Exception? _exception;

        public static Change Create<T>(Func<IWriteTransaction, T> change, TaskCompletionSource<T> completion)
        {
            T result = default!;
            return new Change(transaction => result = change(transaction), () => completion.SetResult(result), completion.SetException);
        }

        public void Run(IWriteTransaction transaction) => run(transaction);

        public void FailLater(Exception exception) => _exception = exception;

        public void Release()
        {
            if (_exception is null)
            {
                release();
            }
            else
            {
                fail(_exception);
            }
        }

        public void Fail(Exception exception) => fail(exception);
    }
}
