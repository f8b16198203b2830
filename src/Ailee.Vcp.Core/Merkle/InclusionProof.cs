using System.Buffers;

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
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static InclusionProof Create(IReadOnlyList<Digest> leafHashes, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leafHashes.Count);
        var level = ArrayPool<Digest>.Shared.Rent(leafHashes.Count);
        try
        {
            for (var i = 0; i < leafHashes.Count; i++)
            {
                level[i] = leafHashes[i];
            }

            return new InclusionProof(index, leafHashes.Count, Climb(level.AsSpan(0, leafHashes.Count), index));
        }
        finally
        {
            ArrayPool<Digest>.Shared.Return(level);
        }
    }

    /// <summary>True if the path leads from the leaf at <see cref="Index"/> to <paramref name="root"/> (RFC 9162 §2.1.3.2).</summary>
    public bool Verify(Digest leafHash, Digest root) => RootFrom(leafHash) == root;

    /// <summary>The root that the path leads to from the leaf at <see cref="Index"/>; null if index, size and length of the path do not fit together.</summary>
    public Digest? RootFrom(Digest leafHash)
    {
        if (Index < 0 || Index >= Size)
        {
            return null;
        }

        var (node, last, hash) = (Index, Size - 1, leafHash);
        foreach (var sibling in Path)
        {
            if (last == 0)
            {
                return null;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHash.Node(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 ? hash : null;
    }

    // Overwrites each level with the one above it.
    private static List<Digest> Climb(Span<Digest> level, int index)
    {
        var path = new List<Digest>();
        for (; level.Length > 1; index >>= 1)
        {
            // The last node of an odd level has no sibling there: it stands for itself one level up.
            if ((index ^ 1) < level.Length)
            {
                path.Add(level[index ^ 1]);
            }

            level = MerkleTree.Above(level, level, Sha256Lanes.IsSupported);
        }

        return path;
    }
}
