using System.Numerics;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>Roots and proofs of an RFC 9162 tree whose hashes are stored. Each reads O(log n) nodes.</summary>
public static class MerkleProofs
{
    /// <summary>The root over the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static Digest Root(IMerkleNodes nodes, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHash.Empty : Subtree(nodes, 0, size);
    }

    /// <summary>Shows that a leaf stands at <paramref name="index"/> of the tree over the first <paramref name="size"/> leaves (RFC 9162 §2.1.3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static InclusionProof Inclusion(IMerkleNodes nodes, long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<Digest>();
        var (start, end) = (0L, size);
        while (end - start > 1)
        {
            var middle = start + LeftPart(end - start);
            if (index < middle)
            {
                path.Add(Subtree(nodes, middle, end));
                end = middle;
            }
            else
            {
                path.Add(Subtree(nodes, start, middle));
                start = middle;
            }
        }

        path.Reverse();
        return new InclusionProof(index, size, path);
    }

    /// <summary>
    /// Shows that the first <paramref name="from"/> leaves are the beginning of the first <paramref name="to"/> (RFC 9162 §2.1.4.1).
    /// The path from nothing, or to the same size, is empty.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or <paramref name="from"/> is the larger one.</exception>
    public static ConsistencyProof Consistency(IMerkleNodes nodes, long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        if (from == 0)
        {
            return new ConsistencyProof(from, to, []);
        }

        var path = new List<Digest>();
        var (start, end) = (0L, to);
        while (from != end)
        {
            var middle = start + LeftPart(end - start);
            if (from <= middle)
            {
                path.Add(Subtree(nodes, middle, end));
                end = middle;
            }
            else
            {
                path.Add(Subtree(nodes, start, middle));
                start = middle;
            }
        }

        // Without a step to the right, what is left is the smaller tree itself, whose root the verifier knows.
        if (start != 0)
        {
            path.Add(Subtree(nodes, start, end));
        }

        path.Reverse();
        return new ConsistencyProof(from, to, path);
    }

    // The largest power of two below the count.
    private static long LeftPart(long count) => 1L << BitOperations.Log2((ulong)(count - 1));

    // The hash of the leaves from start up to end, as one of the splits above made them: complete subtrees from the largest to the
    // smallest, folded from the right.
    private static Digest Subtree(IMerkleNodes nodes, long start, long end)
    {
        Digest? hash = null;
        for (var rest = end - start; rest != 0; rest &= rest - 1)
        {
            var level = BitOperations.TrailingZeroCount(rest);
            end -= 1L << level;
            var node = nodes.Node(level, end >> level);
            hash = hash is { } right ? MerkleHash.Node(node, right) : node;
        }

        return hash!.Value;
    }
}
