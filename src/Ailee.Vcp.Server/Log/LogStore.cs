using System.Buffers.Binary;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>The SQL of the log.</summary>
internal static class LogStore
{
    public static LogTree? FindTree(IReadTransaction transaction) => transaction.QueryFirst(
        "SELECT origin, log_key, size, root, note, read_only FROM log_tree",
        row => new LogTree(
            row.Text(0),
            PublicKey.TryCreate(row.Bytes(1), out var key) ? key : throw new InvalidDataException("The log's stored key is unusable."),
            row.Int64(2),
            row.Digest(3),
            row.Bytes(4),
            row.NullableText(5)));

    /// <summary>Why nothing is signed any more; null if it is.</summary>
    public static string? FindReadOnly(IReadTransaction transaction) => transaction.QueryFirst("SELECT read_only FROM log_tree", row => row.NullableText(0));

    /// <summary>Ends the log for this data directory. The first reason stays.</summary>
    public static void SetReadOnly(IWriteTransaction transaction, string reason) =>
        transaction.Execute("UPDATE log_tree SET read_only = COALESCE(read_only, $reason)", ("$reason", reason));

    /// <summary>Appends an entry and returns its index.</summary>
    /// <exception cref="LogReadOnlyException">Nothing is appended any more.</exception>
    public static long Append(IWriteTransaction transaction, Digest statement, StatementKind kind, DateTimeOffset now)
    {
        var (index, readOnly) = transaction.QueryFirst(
            "SELECT (SELECT COALESCE(MAX(idx), -1) + 1 FROM log_entries), (SELECT read_only FROM log_tree)",
            row => (row.Int64(0), row.NullableText(1)));
        if (readOnly is not null)
        {
            throw new LogReadOnlyException();
        }

        transaction.Execute(
            "INSERT INTO log_entries (idx, digest, kind, logged_ms) VALUES ($index, $digest, $kind, $now)",
            ("$index", index),
            ("$digest", statement.ToArray()),
            ("$kind", kind.Name),
            ("$now", now.ToUnixTimeMilliseconds()));
        return index;
    }

    /// <summary>Entries from an index on, in order.</summary>
    public static List<LoggedEntry> Entries(IReadTransaction transaction, long from, long most) => transaction.Query(
        "SELECT idx, digest, logged_ms FROM log_entries WHERE idx >= $from ORDER BY idx LIMIT $most",
        row => new LoggedEntry(row.Int64(0), row.Digest(1), row.Time(2)),
        ("$from", from),
        ("$most", most));

    /// <summary>Where a statement is in the log, also if it is not integrated yet; null if it is not there.</summary>
    public static long? FindIndex(IReadTransaction transaction, Digest statement) =>
        transaction.QueryFirst<long?>("SELECT idx FROM log_entries WHERE digest = $digest", row => row.Int64(0), ("$digest", statement.ToArray()));

    /// <summary>A tile, or the first hashes of it.</summary>
    /// <exception cref="InvalidDataException">It is not stored, or not so wide.</exception>
    public static ReadOnlyMemory<byte> ReadTile(IReadTransaction transaction, TilePath path)
    {
        var hashes = transaction.QueryFirst("SELECT hashes FROM log_tiles WHERE level = $level AND idx = $idx", row => row.Bytes(0), ("$level", (long)path.Level), ("$idx", path.Index));
        var length = path.Width * Digest.SizeBytes;
        return hashes?.Length >= length
            ? hashes.AsMemory(0, length)
            : throw new InvalidDataException($"Tile {path} of the log is missing or cut off. Run 'vcp log fsck' on the data directory.");
    }

    /// <summary>An entry bundle (C2SP tlog-tiles): each entry after its length in two bytes.</summary>
    /// <exception cref="InvalidDataException">Entries are missing.</exception>
    public static ReadOnlyMemory<byte> ReadEntries(IReadTransaction transaction, TilePath path)
    {
        const int EntryBytes = sizeof(ushort) + Digest.SizeBytes;
        var from = path.Index * TilePath.FullWidth;
        var entries = Entries(transaction, from, path.Width);
        if (entries.Count != path.Width || entries[^1].Index != from + path.Width - 1)
        {
            throw new InvalidDataException($"Entries from {from} on are missing. Run 'vcp log fsck' on the data directory.");
        }

        var bytes = new byte[EntryBytes * path.Width];
        for (var i = 0; i < entries.Count; i++)
        {
            var place = bytes.AsSpan(i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteUInt16BigEndian(place, Digest.SizeBytes);
            entries[i].Statement.CopyTo(place[sizeof(ushort)..]);
        }

        return bytes;
    }

    /// <summary>The cosignature lines of a checkpoint.</summary>
    public static List<string> Cosignatures(IReadTransaction transaction, long size) =>
        transaction.Query("SELECT line FROM log_cosignatures WHERE size = $size ORDER BY witness", row => row.Text(0), ("$size", size));

    /// <summary>Stores a witness's cosignature of a checkpoint, and drops its earlier ones.</summary>
    public static void AddCosignature(IWriteTransaction transaction, long size, string witness, string line)
    {
        transaction.Execute("DELETE FROM log_cosignatures WHERE witness = $witness AND size < $size", ("$witness", witness), ("$size", size));
        transaction.Execute(
            "INSERT OR REPLACE INTO log_cosignatures (size, witness, line) VALUES ($size, $witness, $line)",
            ("$size", size),
            ("$witness", witness),
            ("$line", line));
    }

    /// <summary>The largest size that a witness has cosigned; null if none.</summary>
    public static long? FindCosigned(IReadTransaction transaction, string witness) =>
        transaction.QueryFirst("SELECT MAX(size) FROM log_cosignatures WHERE witness = $witness", row => row.NullableInt64(0), ("$witness", witness));

    /// <summary>Begins the tree.</summary>
    public static void Begin(IWriteTransaction transaction, LogTree tree) => transaction.Execute(
        "INSERT INTO log_tree (id, origin, log_key, size, root, note) VALUES (1, $origin, $key, $size, $root, $note)",
        ("$origin", tree.Origin),
        ("$key", tree.Key.Bytes.ToArray()),
        ("$size", tree.Size),
        ("$root", tree.Root.ToArray()),
        ("$note", tree.Note));

    /// <summary>Begins another log in the place of this one, with the same entries after its genesis.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="tree">The other log, empty.</param>
    /// <param name="appendGenesis">Appends its genesis.</param>
    public static void BeginAfresh(IWriteTransaction transaction, LogTree tree, Action appendGenesis)
    {
        transaction.Execute("DELETE FROM log_cosignatures");
        transaction.Execute("DELETE FROM log_tiles");
        transaction.Execute("DELETE FROM log_tree");
        Begin(transaction, tree);
        // Below zero and back by way of two signs, because one step could not pass over the entry before: index 0 is free then.
        transaction.Execute("UPDATE log_entries SET idx = -1 - idx");
        appendGenesis();
        transaction.Execute("UPDATE log_entries SET idx = -idx WHERE idx < 0");
    }

    /// <summary>Replaces the tree by a grown one; false if it is not of the size that it grew from.</summary>
    public static bool TryGrow(IWriteTransaction transaction, long from, Checkpoint to, byte[] note, IReadOnlyList<Tile> tiles)
    {
        var grown = transaction.Execute(
            "UPDATE log_tree SET size = $size, root = $root, note = $note WHERE size = $from AND read_only IS NULL",
            ("$size", to.Size),
            ("$root", to.Root.ToArray()),
            ("$note", note),
            ("$from", from)) == 1;
        foreach (var tile in grown ? tiles : [])
        {
            transaction.Execute(
                "INSERT INTO log_tiles (level, idx, hashes) VALUES ($level, $idx, $hashes) ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
                ("$level", (long)tile.Path.Level),
                ("$idx", tile.Path.Index),
                ("$hashes", tile.Bytes.ToArray()));
        }

        return grown;
    }

    /// <summary>Stores an orchestrator's statement.</summary>
    public static void AddStatement(IWriteTransaction transaction, OrchestratorStatement statement, DateTimeOffset now)
    {
        var (task, node) = statement.Payload switch
        {
            OrchestratorPayload.Enrolment enrolment => (null, enrolment.Node.Id.Thumbprint.ToArray()),
            OrchestratorPayload.Revocation revocation => (null, revocation.Node.Thumbprint.ToArray()),
            OrchestratorPayload.Quarantine quarantine => (null, quarantine.Node.Thumbprint.ToArray()),
            OrchestratorPayload.Release release => (null, release.Node.Thumbprint.ToArray()),
            OrchestratorPayload.Rotation rotation => (null, rotation.Old.Thumbprint.ToArray()),
            OrchestratorPayload.Certificate certificate => (certificate.Task.ToArray(), null),
            OrchestratorPayload.Divergence divergence => (divergence.Task.ToArray(), null),
            _ => ((byte[]?)null, (byte[]?)null),
        };
        transaction.Execute(
            "INSERT INTO orchestrator_statements (id, kind, task, node, counter, issued_ms, statement) VALUES ($id, $kind, $task, $node, $counter, $now, $statement)",
            ("$id", statement.Id.ToArray()),
            ("$kind", statement.Header.Kind.Name),
            ("$task", task),
            ("$node", node),
            ("$counter", (long)statement.Header.Counter),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$statement", statement.Bytes.ToArray()));
    }

    /// <summary>The statement that began the log.</summary>
    public static OrchestratorStatement? FindGenesis(IReadTransaction transaction) => transaction.QueryFirst(
        "SELECT s.statement FROM log_entries e JOIN orchestrator_statements s ON s.id = e.digest WHERE e.idx = 0",
        row => OrchestratorStatement.TryDecode(row.Bytes(0), out _));

    public static byte[]? FindStatement(IReadTransaction transaction, Digest id) =>
        transaction.QueryFirst("SELECT statement FROM orchestrator_statements WHERE id = $id", row => row.Bytes(0), ("$id", id.ToArray()));

    /// <summary>A counter that the orchestrator's key did not use yet.</summary>
    public static ulong NextCounter(IReadTransaction transaction) => (ulong)transaction.QueryFirst(
        "SELECT MAX(COALESCE((SELECT MAX(counter) FROM orchestrator_statements), 0) + 1, COALESCE((SELECT MAX(orchestrator_counter) FROM restores), 0))",
        row => row.Int64(0));
}

/// <summary>The integrated part of the log.</summary>
/// <param name="Origin">Name of the log.</param>
/// <param name="Key">Its key.</param>
/// <param name="Size">Entries.</param>
/// <param name="Root">Root over them.</param>
/// <param name="Note">The signed checkpoint.</param>
/// <param name="ReadOnly">Why nothing is signed any more; null if it is.</param>
internal sealed record LogTree(string Origin, PublicKey Key, long Size, Digest Root, byte[] Note, string? ReadOnly);

/// <summary>An entry.</summary>
internal sealed record LoggedEntry(long Index, Digest Statement, DateTimeOffset LoggedAt);
