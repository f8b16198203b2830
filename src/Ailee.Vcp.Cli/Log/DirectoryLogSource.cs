using System.Globalization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli.Log;

/// <summary>A log in a server's data directory. Everything is read at one instant, also while the server runs. Not thread-safe.</summary>
internal sealed class DirectoryLogSource : ILogSource
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _snapshot;
    private readonly SqliteCommand _entries;
    private readonly SqliteCommand _tile;

    /// <exception cref="CliException">There is no log.</exception>
    public DirectoryLogSource(string directory)
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
            _entries = Command("SELECT idx, digest FROM log_entries WHERE idx >= $first AND idx < $first + $count ORDER BY idx", "$first", "$count");
            _tile = Command("SELECT hashes FROM log_tiles WHERE level = $level AND idx = $index", "$level", "$index");
        }
        catch (SqliteException exception)
        {
            _connection.Dispose();
            throw Unreadable(exception);
        }
    }

    public int Concurrency => 1;

    public Task<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var command = Command("SELECT origin, log_key, size, root, note, (SELECT COUNT(*) FROM log_entries WHERE idx >= size) FROM log_tree");
            using var reader = command.ExecuteReader();
            if (!reader.Read())
            {
                throw new CliException("The data directory has no log: the server has not begun one yet.");
            }

            var root = reader.GetFieldValue<byte[]>(3);
            return PublicKey.TryCreate(reader.GetFieldValue<byte[]>(1), out var key) && root.Length == Digest.SizeBytes && reader.GetInt64(2) >= 0
                ? Task.FromResult(new LogHead(new NoteKey(reader.GetString(0), key, NoteKeyType.Log), reader.GetInt64(2), new Digest(root), reader.GetFieldValue<byte[]>(4), reader.GetInt64(5)))
                : throw new CliException("The log's key, size or root in the database is damaged: nothing can be compared with it.");
        }
        catch (SqliteException exception)
        {
            throw Unreadable(exception);
        }
    }

    public Task<IReadOnlyList<Digest?>> ReadEntriesAsync(TilePath path, CancellationToken cancellationToken)
    {
        var first = path.Index * TilePath.FullWidth;
        var entries = new Digest?[path.Width];
        (_entries.Parameters[0].Value, _entries.Parameters[1].Value) = (first, path.Width);
        using var reader = _entries.ExecuteReader();
        while (reader.Read())
        {
            var digest = reader.GetFieldValue<byte[]>(1);
            entries[reader.GetInt64(0) - first] = digest.Length == Digest.SizeBytes ? new Digest(digest) : null;
        }

        return Task.FromResult<IReadOnlyList<Digest?>>(entries);
    }

    public Task<byte[]?> ReadTileAsync(TilePath path, CancellationToken cancellationToken)
    {
        (_tile.Parameters[0].Value, _tile.Parameters[1].Value) = (path.Level, path.Index);
        return Task.FromResult((byte[]?)_tile.ExecuteScalar());
    }

    public IEnumerable<string> FindFurtherFaults(LogHead head) => FindEntriesWithoutStatement().Concat(FindStrayTiles(head.Size));

    public void Dispose()
    {
        _entries.Dispose();
        _tile.Dispose();
        _snapshot.Dispose();
        _connection.Dispose();
    }

    private IEnumerable<string> FindEntriesWithoutStatement()
    {
        using var command = Command(
            """
            SELECT e.idx, e.digest, COALESCE(p.statement, o.statement) FROM log_entries e
            LEFT JOIN proofs p ON p.id = e.digest LEFT JOIN orchestrator_statements o ON o.id = e.digest ORDER BY e.idx
            """);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var digest = Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(1));
            if (reader.IsDBNull(2))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"entry {reader.GetInt64(0)}: no statement sha256:{digest} is stored");
            }
            else if (Digest.Of(reader.GetFieldValue<byte[]>(2)).ToHex() != digest)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"entry {reader.GetInt64(0)}: the statement stored as sha256:{digest} has another digest");
            }
        }
    }

    private IEnumerable<string> FindStrayTiles(long size)
    {
        using var command = Command("SELECT level, idx FROM log_tiles ORDER BY level, idx");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var path = new TilePath(reader.GetInt32(0), reader.GetInt64(1), TilePath.FullWidth);
            if (path.Level < 0 || TilePath.WidthAt(path.Level, path.Index, size) == 0)
            {
                yield return $"tile/{path}: a log of {size} entries has no such tile";
            }
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, _snapshot);
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static CliException Unreadable(SqliteException exception) =>
        new($"The log in the database cannot be read ({exception.Message}); a data directory of an older version gets one when its server starts.");
}
