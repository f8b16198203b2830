namespace Ailee.Vcp.Core.Merkle;

/// <summary>The hashes of RFC 9162 §2.1.1: leaves are prefixed 0x00, nodes 0x01, the empty tree is the hash of nothing.</summary>
public static class MerkleHash
{
    /// <summary>Root of the tree without leaves.</summary>
    public static Digest Empty { get; } = Digest.Of([]);

    /// <summary>Hash of a leaf: SHA-256(0x00 ‖ data).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> data) => Sha256.Of([0x00], data);

    /// <summary>Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        buffer[0] = 0x01;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Digest.SizeBytes)..]);
        return Sha256.Of(buffer);
    }
}
