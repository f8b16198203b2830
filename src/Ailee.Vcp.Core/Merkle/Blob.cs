namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// Commits to bytes as <c>[length, root]</c>, where the root is the RFC 9162 tree over chunks of 64 KiB: one chunk can be proven
/// without the rest. Empty bytes are the empty tree; anything up to one chunk is a single leaf.
/// </summary>
public readonly record struct Blob(long Length, Digest Root)
{
    /// <summary>Bytes in every chunk but the last.</summary>
    public const int ChunkSizeBytes = 64 * 1024;

    /// <summary>The commitment to no bytes, under SHA-256.</summary>
    public static Blob Empty { get; } = new(0, MerkleHash.Empty);

    /// <summary>Commits to the given bytes, under SHA-256.</summary>
    public static Blob Of(ReadOnlySpan<byte> data) => Of(data, ContentHash.Sha256);

    /// <summary>Commits to the given bytes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="hash">The hash of the statement that the commitment is for.</param>
    public static Blob Of(ReadOnlySpan<byte> data, ContentHash hash)
    {
        if (data.Length <= ChunkSizeBytes)
        {
            return new Blob(data.Length, data.IsEmpty ? hash.Empty : hash.Leaf(data));
        }

        var tree = new MerkleTreeBuilder(hash);
        for (var rest = data; !rest.IsEmpty; rest = rest[Math.Min(ChunkSizeBytes, rest.Length)..])
        {
            tree.Append(hash.Leaf(rest[..Math.Min(ChunkSizeBytes, rest.Length)]));
        }

        return new Blob(data.Length, tree.Root());
    }
}
