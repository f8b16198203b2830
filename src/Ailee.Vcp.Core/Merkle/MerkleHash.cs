namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// The hashes of RFC 9162 §2.1.1 under SHA-256: leaves are prefixed 0x00, nodes 0x01, the empty tree is the hash of nothing. Trees
/// within statements may be of another <see cref="ContentHash"/>.
/// </summary>
public static class MerkleHash
{
    /// <summary>Root of the tree without leaves.</summary>
    public static Digest Empty { get; } = ContentHash.Sha256.Empty;

    /// <summary>Hash of a leaf: SHA-256(0x00 ‖ data).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> data) => ContentHash.Sha256.Leaf(data);

    /// <summary>Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(Digest left, Digest right) => ContentHash.Sha256.Node(left, right);
}
