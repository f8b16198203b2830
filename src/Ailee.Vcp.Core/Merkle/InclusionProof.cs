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
    /// <param name="leafHashes">The leaves.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static InclusionProof Create(IReadOnlyList<Digest> leafHashes, int index, ContentHash? hash = null)
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

            return new InclusionProof(index, leafHashes.Count, Climb(hash ?? ContentHash.Sha256, level.AsSpan(0, leafHashes.Count), index));
        }
        finally
        {
            ArrayPool<Digest>.Shared.Return(level);
        }
    }

    /// <summary>True if the path leads from the leaf at <see cref="Index"/> to <paramref name="root"/> (RFC 9162 §2.1.3.2).</summary>
    /// <param name="leafHash">The leaf.</param>
    /// <param name="root">The root of the tree.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    public bool Verify(Digest leafHash, Digest root, ContentHash? hash = null) => RootFrom(leafHash, hash) == root;

    /// <summary>The root that the path leads to from the leaf at <see cref="Index"/>; null if index, size and length of the path do not fit together.</summary>
    /// <param name="leafHash">The leaf.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    public Digest? RootFrom(Digest leafHash, ContentHash? hash = null)
    {
        hash ??= ContentHash.Sha256;
        if (Index < 0 || Index >= Size)
        {
            return null;
        }

        var (node, last, subtree) = (Index, Size - 1, leafHash);
        foreach (var sibling in Path)
        {
            if (last == 0)
            {
                return null;
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

        return last == 0 ? subtree : null;
    }

    // Overwrites each level with the one above it.
    private static List<Digest> Climb(ContentHash hash, Span<Digest> level, int index)
    {
        var path = new List<Digest>();
        for (; level.Length > 1; index >>= 1)
        {
            // The last node of an odd level has no sibling there: it stands for itself one level up.
            if ((index ^ 1) < level.Length)
            {
                path.Add(level[index ^ 1]);
            }

            level = ReferenceEquals(hash, ContentHash.Sha256) ? MerkleTree.Above(level, level, Sha256Lanes.IsSupported) : Above(hash, level);
        }

        return path;
    }

    private static Span<Digest> Above(ContentHash hash, Span<Digest> level)
    {
        var pairs = level.Length / 2;
        for (var i = 0; i < pairs; i++)
        {
            level[i] = hash.Node(level[2 * i], level[(2 * i) + 1]);
        }

        if ((level.Length & 1) == 1)
        {
            level[pairs] = level[^1];
        }

        return level[..((level.Length + 1) / 2)];
    }
}
