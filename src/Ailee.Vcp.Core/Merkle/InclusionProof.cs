namespace Ailee.Vcp.Core.Merkle;

/// <summary>Shows that one leaf stands at one index of a tree of one size (RFC 9162 §2.1.3).</summary>
/// <param name="Index">Zero-based index of the leaf.</param>
/// <param name="Size">
/// Number of leaves of the tree. A path can fit several sizes, so a verifier compares this with the count that is signed beside the root.
/// </param>
/// <param name="Path">Sibling hashes from the leaf up to the root.</param>
public sealed record InclusionProof(long Index, long Size, IReadOnlyList<Digest> Path)
{
    /// <summary>The proof for one leaf of a list of leaf hashes. Reads all leaves.</summary>
    /// <param name="leafHashes">The leaves.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static InclusionProof Create(IReadOnlyList<Digest> leafHashes, int index, ContentHash? hash = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leafHashes.Count);
        var path = new List<Digest>();
        Collect(hash ?? ContentHash.Sha256, leafHashes, 0, leafHashes.Count, index, path);
        return new InclusionProof(index, leafHashes.Count, path);
    }

    /// <summary>True if the path leads from the leaf at <see cref="Index"/> to <paramref name="root"/> (RFC 9162 §2.1.3.2).</summary>
    /// <param name="leafHash">The leaf.</param>
    /// <param name="root">The root of the tree.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    public bool Verify(Digest leafHash, Digest root, ContentHash? hash = null)
    {
        hash ??= ContentHash.Sha256;
        if (Index < 0 || Index >= Size)
        {
            return false;
        }

        var (node, last, subtree) = (Index, Size - 1, leafHash);
        foreach (var sibling in Path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                subtree = hash.Node(sibling, subtree);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                subtree = hash.Node(subtree, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && subtree == root;
    }

    private static Digest Collect(ContentHash hash, IReadOnlyList<Digest> leaves, int start, int count, int target, List<Digest> path)
    {
        if (count == 1)
        {
            return leaves[start];
        }

        // The left part is the largest power of two below the count.
        var split = 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));
        var targetIsLeft = target < start + split;
        var left = Collect(hash, leaves, start, split, target, path);
        var right = Collect(hash, leaves, start + split, count - split, target, path);
        if (target >= start && target < start + count)
        {
            path.Add(targetIsLeft ? right : left);
        }

        return hash.Node(left, right);
    }
}
