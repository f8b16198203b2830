using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>A path in a manifest.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What stands there.</param>
/// <param name="Content">Commitment to the bytes of a file; null otherwise.</param>
/// <param name="Target">Where a symbolic link leads to; null otherwise.</param>
public sealed record ManifestEntry(string Path, BundleEntryKind Kind, Blob? Content, string? Target);

/// <summary>The encoding under a bundle's digest, without the contents (docs/design/bundle.md, "Manifest").</summary>
/// <param name="Entries">Every path, in order.</param>
/// <param name="Preopens">Directories that the guest finds open beside <c>/</c> and <c>.</c>.</param>
public sealed record BundleManifest(IReadOnlyList<ManifestEntry> Entries, IReadOnlyList<string> Preopens)
{
    internal const string Version = "vcp-bundle-v1";

    /// <summary>Reads the canonical encoding. Null and a fault if the bytes are anything else. Of the tree only the order is checked.</summary>
    public static BundleManifest? TryDecode(ReadOnlyMemory<byte> data, out CborFault? fault) =>
        ShapeDecoding.Try(() => Read(new ShapeReader(data, "manifest")), out fault);

    /// <summary>
    /// The first entries behind a path, or from the first of all; no others are made. Null and a fault if the bytes up to there are
    /// no manifest.
    /// </summary>
    public static IReadOnlyList<ManifestEntry>? TryReadEntries(ReadOnlyMemory<byte> data, string? after, int most, out CborFault? fault) =>
        ShapeDecoding.Try(() => ReadEntries(new ShapeReader(data, "manifest"), after, most), out fault);

    private static List<ManifestEntry> ReadEntries(ShapeReader reader, string? after, int most)
    {
        ReadVersion(reader);
        var entries = new List<ManifestEntry>();
        for (var left = reader.Array("the entries"); left > 0 && entries.Count < most; left--)
        {
            var entry = ReadEntry(reader);
            if (after is null || Utf8Order.Instance.Compare(entry.Path, after) > 0)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static void ReadVersion(ShapeReader reader)
    {
        reader.Array(3, "the manifest");
        if (reader.Text("the version", int.MaxValue) != Version)
        {
            throw reader.Wrong("it is of another version.");
        }
    }

    private static BundleManifest Read(ShapeReader reader)
    {
        ReadVersion(reader);
        var entries = new List<ManifestEntry>();
        for (var left = reader.Array("the entries"); left > 0; left--)
        {
            var entry = ReadEntry(reader);
            if (entries.Count > 0 && Utf8Order.Instance.Compare(entries[^1].Path, entry.Path) >= 0)
            {
                throw reader.Wrong("the entries are not in strictly ascending order.");
            }

            entries.Add(entry);
        }

        reader.EndArray();
        var preopens = new List<string>();
        for (var left = reader.Array("the preopens"); left > 0; left--)
        {
            preopens.Add(reader.Text("a preopen", int.MaxValue));
        }

        reader.EndArray();
        reader.EndArray();
        return new BundleManifest(entries, preopens);
    }

    private static ManifestEntry ReadEntry(ShapeReader reader)
    {
        var length = reader.Array("an entry");
        var path = reader.Text("a path", BundlePath.MaxBytes);
        var kind = reader.Integer("a kind");
        var entry = (kind, length) switch
        {
            (0, 2) => new ManifestEntry(path, BundleEntryKind.Directory, null, null),
            (1, 4) => new ManifestEntry(path, BundleEntryKind.File, new Blob(reader.Integer("a length"), reader.Digest("a root")), null),
            (2, 3) => new ManifestEntry(path, BundleEntryKind.Symlink, null, reader.Text("a target", BundlePath.MaxBytes)),
            _ => throw reader.Wrong("an entry of no known form."),
        };
        reader.EndArray();
        return entry;
    }
}
