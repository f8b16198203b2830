using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>The SQL of bundles.</summary>
internal static class BundleStore
{
    private const string Columns = "digest, files, entries, size_bytes, created_ms";

    /// <summary>Stores a bundle as its canonical tar; one that is there already stays as it is.</summary>
    public static void Add(IWriteTransaction transaction, Bundle bundle, DateTimeOffset now)
    {
        var digest = bundle.Digest.ToArray();
        var added = transaction.Execute(
            $"INSERT OR IGNORE INTO bundles ({Columns}, tar_bytes, manifest) VALUES ($digest, $files, $entries, $size, $created, $tar, $manifest)",
            ("$digest", digest),
            ("$files", (long)bundle.Files),
            ("$entries", (long)bundle.Entries.Count),
            ("$size", bundle.SizeBytes),
            ("$created", now.ToUnixTimeMilliseconds()),
            ("$tar", BundleTarWriter.Pieces(bundle).Sum(piece => (long)piece.Length)),
            ("$manifest", bundle.Manifest.ToArray()));
        if (added == 0)
        {
            return;
        }

        var number = 0L;
        foreach (var chunk in BundleTarWriter.Chunks(bundle, ChunkStream.ChunkBytes))
        {
            transaction.Execute("INSERT INTO bundle_chunks (bundle, number, content) VALUES ($bundle, $number, $content)", ("$bundle", digest), ("$number", number++), ("$content", chunk));
        }
    }

    public static BundleView? Find(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst($"SELECT {Columns} FROM bundles WHERE digest = $digest", View, ("$digest", digest.ToArray()));

    public static byte[]? FindManifest(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst("SELECT manifest FROM bundles WHERE digest = $digest", row => row.Bytes(0), ("$digest", digest.ToArray()));

    /// <summary>Size of the canonical tar, or null if there is no such bundle.</summary>
    public static long? FindTarBytes(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst<long?>("SELECT tar_bytes FROM bundles WHERE digest = $digest", row => row.Int64(0), ("$digest", digest.ToArray()));

    public static byte[]? FindChunk(IReadTransaction transaction, Digest digest, long number) => transaction.QueryFirst(
        "SELECT content FROM bundle_chunks WHERE bundle = $digest AND number = $number",
        row => row.Bytes(0),
        ("$digest", digest.ToArray()),
        ("$number", number));

    public static List<BundleView> List(IReadTransaction transaction, ListQuery query) => transaction.Query(
        $"SELECT {Columns} FROM bundles WHERE (created_ms, digest) < ($created, $id) ORDER BY created_ms DESC, digest DESC LIMIT $limit",
        View,
        ("$created", query.After.CreatedMs),
        ("$id", query.After.Id),
        ("$limit", (long)query.Limit + 1));

    public static bool IsNeeded(IReadTransaction transaction, Digest digest) =>
        transaction.Query("SELECT 1 FROM tasks WHERE bundle = $digest AND state IN ('queued', 'running') LIMIT 1", row => row.Int64(0), ("$digest", digest.ToArray())).Count > 0;

    public static void Delete(IWriteTransaction transaction, Digest digest) =>
        transaction.Execute("DELETE FROM bundles WHERE digest = $digest", ("$digest", digest.ToArray()));

    public static long Count(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(*) FROM bundles", row => row.Int64(0));

    private static BundleView View(Row row) => new(row.Digest(0).ToString(), row.Int64(1), row.Int64(2), row.Int64(3), row.Time(4));
}
