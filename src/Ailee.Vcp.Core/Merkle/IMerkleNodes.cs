namespace Ailee.Vcp.Core.Merkle;

/// <summary>Where the stored hashes of an RFC 9162 tree come from.</summary>
public interface IMerkleNodes
{
    /// <summary>The root of the complete subtree over the 2^<paramref name="level"/> leaves from leaf <c>index · 2^level</c> on.</summary>
    /// <param name="level">0 for a leaf hash, up to 62.</param>
    /// <param name="index">Zero-based, among the subtrees of that level. Only subtrees that lie within the tree are asked for.</param>
    Digest Node(int level, long index);
}
