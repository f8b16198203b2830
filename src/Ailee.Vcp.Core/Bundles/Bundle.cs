using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>
/// A read-only tree of files for guests, named by the digest of its canonical manifest (docs/design/bundle.md): the same tree has
/// the same digest, however it was packed. Immutable and safe to share.
/// </summary>
public sealed class Bundle
{
    private readonly byte[] _manifest;
    private readonly Lazy<Digest> _digestOfSha3;

    /// <param name="entries">Every path once, parents included, in any order. The caller has checked them.</param>
    /// <param name="preopens">Directories that the guest finds open beside <c>/</c> and <c>.</c>.</param>
    public Bundle(IEnumerable<BundleEntry> entries, IReadOnlyList<string>? preopens = null)
    {
        Entries = [.. entries.OrderBy(entry => entry.Path, Utf8Order.Instance)];
        Preopens = preopens ?? [];
        PathBytes = Entries.Sum(entry => entry.PathBytes);
        SizeBytes = Entries.Sum(entry => (long)entry.Content.Length);
        Files = Entries.Count(entry => entry.Kind == BundleEntryKind.File);
        _manifest = Encode(ContentHash.Sha256);
        Digest = Digest.Of(_manifest);
        // Of use for few: it hashes every content once more.
        _digestOfSha3 = new Lazy<Digest>(() => ContentHash.Sha3.Of(Encode(ContentHash.Sha3)));
    }

    /// <summary>Every path, in ascending order of its UTF-8 bytes: a parent comes before what is in it.</summary>
    public IReadOnlyList<BundleEntry> Entries { get; }

    /// <summary>Directories that the guest finds open beside <c>/</c> and <c>.</c>, by the names that it sees.</summary>
    public IReadOnlyList<string> Preopens { get; }

    /// <summary>Bytes of UTF-8 in all paths and targets.</summary>
    public long PathBytes { get; }

    /// <summary>Bytes of all files.</summary>
    public long SizeBytes { get; }

    /// <summary>Number of files.</summary>
    public int Files { get; }

    /// <summary>SHA-256 of <see cref="Manifest"/>: the bundle's name.</summary>
    public Digest Digest { get; }

    /// <summary>The canonical encoding: <c>["vcp-bundle-v1", [entry…], [preopen…]]</c>.</summary>
    public ReadOnlyMemory<byte> Manifest => _manifest;

    /// <summary>The manifest with the contents committed to under a hash.</summary>
    public ReadOnlyMemory<byte> ManifestUnder(ContentHash hash) => hash == ContentHash.Sha256 ? _manifest : Encode(hash);

    /// <summary>The digest of <see cref="ManifestUnder"/> under the same hash: what invocations name. Computed once.</summary>
    public Digest DigestUnder(ContentHash hash) => hash == ContentHash.Sha256 ? Digest : _digestOfSha3.Value;

    private byte[] Encode(ContentHash hash) =>
        CborWriting.Encode((Bundle: this, Hash: hash), static (writer, state) => state.Bundle.Write(writer, state.Hash));

    private void Write(CborWriter writer, ContentHash hash)
    {
        writer.WriteStartArray(3);
        writer.WriteTextString(BundleManifest.Version);
        writer.WriteStartArray(Entries.Count);
        foreach (var entry in Entries)
        {
            Write(writer, entry, hash);
        }

        writer.WriteEndArray();
        writer.WriteStartArray(Preopens.Count);
        foreach (var preopen in Preopens)
        {
            writer.WriteTextString(preopen);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    // [path, 0] a directory, [path, 1, length, root] a file, [path, 2, target] a symbolic link.
    private static void Write(CborWriter writer, BundleEntry entry, ContentHash hash)
    {
        writer.WriteStartArray(entry.Kind switch { BundleEntryKind.Directory => 2, BundleEntryKind.File => 4, _ => 3 });
        writer.WriteTextString(entry.Path);
        writer.WriteInt32((int)entry.Kind);
        if (entry.Kind == BundleEntryKind.File)
        {
            var blob = Blob.Of(entry.Content.Span, hash);
            writer.WriteInt64(blob.Length);
            writer.WriteDigest(blob.Root);
        }
        else if (entry.Kind == BundleEntryKind.Symlink)
        {
            writer.WriteTextString(entry.Target!);
        }

        writer.WriteEndArray();
    }
}
