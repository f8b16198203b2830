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

    /// <summary>Begins to store a bundle as its canonical tar. It is partial until <see cref="Complete"/>: only this class and leftovers know it.</summary>
    public static int Begin(IWriteTransaction transaction, Bundle bundle, DateTimeOffset now)
    {
        var digest = bundle.Digest.ToArray();
        transaction.Execute(
            $"INSERT INTO bundles ({Columns}, tar_bytes, manifest) VALUES ($digest, $files, $entries, $size, $created, $tar, $manifest)",
            ("$digest", digest),
            ("$files", (long)bundle.Files),
            ("$entries", (long)bundle.Entries.Count),
            ("$size", bundle.SizeBytes),
            ("$created", now.ToUnixTimeMilliseconds()),
            ("$tar", TarBytes(bundle)),
            ("$manifest", bundle.Manifest.ToArray()));
        return MarkPartial(transaction, bundle.Digest);
    }

    /// <summary>Adds the next chunks of a partial bundle.</summary>
    public static int AddChunks(IWriteTransaction transaction, Digest digest, long first, IEnumerable<byte[]> chunks) => chunks.Index().Sum(chunk => transaction.Execute(
        "INSERT INTO bundle_chunks (bundle, number, content) VALUES ($bundle, $number, $content)",
        ("$bundle", digest.ToArray()),
        ("$number", first + chunk.Index),
        ("$content", chunk.Item)));

    /// <summary>Makes a partial bundle, which has all its chunks, one that is there.</summary>
    public static int Complete(IWriteTransaction transaction, Digest digest) =>
        transaction.Execute("DELETE FROM partial_bundles WHERE bundle = $digest", ("$digest", digest.ToArray()));

    /// <summary>Makes a bundle partial: for everyone but <see cref="RemoveSome"/> it is gone.</summary>
    public static int MarkPartial(IWriteTransaction transaction, Digest digest) =>
        transaction.Execute("INSERT INTO partial_bundles (bundle) VALUES ($digest)", ("$digest", digest.ToArray()));

    /// <summary>Every partial bundle.</summary>
    public static List<Digest> Partial(IReadTransaction transaction) => transaction.Query("SELECT bundle FROM partial_bundles", row => row.Digest(0));

    /// <summary>Removes so many chunks of a partial bundle, or the bundle if none are left. Returns whether there may be more.</summary>
    public static bool RemoveSome(IWriteTransaction transaction, Digest digest, int chunks)
    {
        var removed = transaction.Execute(
            "DELETE FROM bundle_chunks WHERE rowid IN (SELECT rowid FROM bundle_chunks WHERE bundle = $digest LIMIT $chunks)",
            ("$digest", digest.ToArray()),
            ("$chunks", (long)chunks));
        if (removed == 0)
        {
            transaction.Execute("DELETE FROM bundles WHERE digest = $digest", ("$digest", digest.ToArray()));
        }

        return removed > 0;
    }

    public static BundleView? Find(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst($"SELECT {Columns} FROM whole_bundles WHERE digest = $digest", View, ("$digest", digest.ToArray()));

    public static byte[]? FindManifest(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst("SELECT manifest FROM whole_bundles WHERE digest = $digest", row => row.Bytes(0), ("$digest", digest.ToArray()));

    /// <summary>Digest under SHA3-256, if it is known.</summary>
    public static Digest? FindSha3(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst<Digest?>("SELECT sha3 FROM whole_bundles WHERE digest = $digest AND sha3 IS NOT NULL", row => row.Digest(0), ("$digest", digest.ToArray()));

    /// <summary>Keeps the digest under SHA3-256 of a bundle that is still there.</summary>
    public static int KeepSha3(IWriteTransaction transaction, Digest digest, Digest sha3) =>
        transaction.Execute("UPDATE bundles SET sha3 = $sha3 WHERE digest = $digest", ("$sha3", sha3.ToArray()), ("$digest", digest.ToArray()));

    /// <summary>Size of the canonical tar.</summary>
    public static long TarBytes(Bundle bundle) => BundleTarWriter.Pieces(bundle).Sum(piece => (long)piece.Length);

    /// <summary>Size of the canonical tar, or null if there is no such bundle.</summary>
    public static long? FindTarBytes(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst<long?>("SELECT tar_bytes FROM whole_bundles WHERE digest = $digest", row => row.Int64(0), ("$digest", digest.ToArray()));

    public static byte[]? FindChunk(IReadTransaction transaction, Digest digest, long number) => transaction.QueryFirst(
        "SELECT content FROM bundle_chunks WHERE bundle = $digest AND number = $number",
        row => row.Bytes(0),
        ("$digest", digest.ToArray()),
        ("$number", number));

    public static List<BundleView> List(IReadTransaction transaction, ListQuery query) => transaction.Query(
        $"SELECT {Columns} FROM whole_bundles WHERE (created_ms, digest) < ($created, $id) ORDER BY created_ms DESC, digest DESC LIMIT $limit",
        View,
        ("$created", query.After.CreatedMs),
        ("$id", query.After.Id),
        ("$limit", (long)query.Limit + 1));

    public static long Count(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(*) FROM whole_bundles", row => row.Int64(0));

    private static BundleView View(Row row) => new(row.Digest(0).ToString(), row.Int64(1), row.Int64(2), row.Int64(3), row.Time(4));
}
