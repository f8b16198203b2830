using System.Security.Cryptography;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// The SQL of starts from a backup. A backup carries a mark; whoever starts on one knows by it that statements and checkpoints may have
/// been signed that this database knows nothing of.
/// </summary>
internal static class Restores
{
    // No key signs so often: at 30 µs a signature one core is busy with it for 260 years.
    private const long Reserve = 1L << 48;

    // Two servers that start from one backup part here.
    private const long Spread = 1L << 54;

    private const long Highest = 1L << 62;

    /// <summary>The mark of a backup that was not started on yet; null if there is none.</summary>
    public static BackupMark? FindMark(IReadTransaction transaction) =>
        transaction.QueryFirst("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'backup_mark'", row => row.Int64(0)) == 0 ? null
        : transaction.QueryFirst("SELECT taken_ms, same_log FROM backup_mark", row => new BackupMark(row.Int64(0), row.Int64(1) == 1))
            ?? throw new InvalidDataException("The mark of the backup is empty.");

    /// <summary>Removes the mark and moves the counters of both keys to where nothing was signed yet.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="highestOfNode">The highest counter that the built-in node is known to have used.</param>
    /// <param name="past">The log that ends here; null if it goes on.</param>
    /// <param name="now">When.</param>
    public static void Settle(IWriteTransaction transaction, BackupMark mark, ulong highestOfNode, LogTree? past, DateTimeOffset now)
    {
        transaction.Execute(
            """
            INSERT INTO restores (at_ms, taken_ms, orchestrator_counter, node_counter, past_origin, past_key, past_note)
            VALUES ($now, $taken, $orchestrator, $node, $origin, $key, $note)
            """,
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$taken", mark.TakenMs),
            ("$orchestrator", After(LogStore.NextCounter(transaction))),
            ("$node", After(Math.Max(highestOfNode, FindNodeCounter(transaction)))),
            ("$origin", past?.Origin),
            ("$key", past?.Key.Bytes.ToArray()),
            ("$note", past?.Note));
        transaction.Execute("DROP TABLE backup_mark");
    }

    /// <summary>The least counter for the built-in node's key since the last start from a backup; 0 without one.</summary>
    public static ulong FindNodeCounter(IReadTransaction transaction) =>
        (ulong)transaction.QueryFirst("SELECT COALESCE(MAX(node_counter), 0) FROM restores", row => row.Int64(0));

    /// <summary>A counter beyond all that can have been used since the backup was taken.</summary>
    /// <exception cref="StartupException">There is none any more.</exception>
    private static long After(ulong used) => used < Highest
        ? (long)used + Reserve + (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & (Spread - 1))
        : throw new StartupException("The counters of this data directory are used up: it was restored too often. Begin a new one.");
}

/// <summary>Says of a database that it is a backup.</summary>
/// <param name="TakenMs">When it was taken, in milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="SameLog">Whether it was shown that nothing was published since, so that the log goes on.</param>
internal sealed record BackupMark(long TakenMs, bool SameLog);
