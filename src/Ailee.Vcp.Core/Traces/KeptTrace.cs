using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Traces;

/// <summary>A trace of which all leaf hashes are known, and some or all leaves.</summary>
/// <param name="Hash">The hash of the tree, and of the digests in the leaves.</param>
/// <param name="LeafHashes">The <see cref="ContentHash.Leaf"/> of every leaf.</param>
/// <param name="Leaves">The leaves at the same indices; null where a leaf is not at hand.</param>
public sealed record KeptTrace(ContentHash Hash, IReadOnlyList<Digest> LeafHashes, IReadOnlyList<ReadOnlyMemory<byte>?> Leaves)
{
    /// <summary>A trace with some leaves in a row.</summary>
    /// <param name="hash">The hash of the tree.</param>
    /// <param name="leafHashes">The hash of every leaf.</param>
    /// <param name="leaves">The leaves at hand.</param>
    /// <param name="first">Index of the first of them.</param>
    public static KeptTrace Of(ContentHash hash, IReadOnlyList<Digest> leafHashes, IReadOnlyList<ReadOnlyMemory<byte>> leaves, int first = 0)
    {
        var all = new ReadOnlyMemory<byte>?[leafHashes.Count];
        for (var i = 0; i < leaves.Count; i++)
        {
            all[first + i] = leaves[i];
        }

        return new KeptTrace(hash, leafHashes, all);
    }

    /// <summary>The same trace with one leaf more.</summary>
    /// <exception cref="ArgumentException">The bytes are not that leaf.</exception>
    public KeptTrace With(int index, ReadOnlyMemory<byte> leaf)
    {
        if (Hash.Leaf(leaf.Span) != LeafHashes[index])
        {
            throw new ArgumentException("The leaf does not have the hash of this index.", nameof(leaf));
        }

        var leaves = Leaves.ToArray();
        leaves[index] = leaf;
        return this with { Leaves = leaves };
    }

    /// <summary>Root of the tree over the leaves: key 11 of the statement.</summary>
    public Digest Root()
    {
        var tree = new MerkleTreeBuilder(Hash);
        foreach (var hash in LeafHashes)
        {
            tree.Append(hash);
        }

        return tree.Root();
    }
}
