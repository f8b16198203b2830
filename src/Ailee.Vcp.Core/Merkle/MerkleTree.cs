using System.Buffers;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>The hashes of <see cref="MerkleHash"/>, many at once.</summary>
public static class MerkleTree
{
    /// <summary>The root of the RFC 9162 tree over all leaves.</summary>
    public static Digest Root(ReadOnlySpan<Digest> leafHashes)
    {
        if (leafHashes.Length < 2)
        {
            return leafHashes.IsEmpty ? MerkleHash.Empty : leafHashes[0];
        }

        var buffer = ArrayPool<Digest>.Shared.Rent((leafHashes.Length + 1) / 2);
        try
        {
            var level = leafHashes;
            while (level.Length > 1)
            {
                Parents(level[..(level.Length & ~1)], buffer);

                // A node without a sibling stands for itself one level up, so the left part is always a power of two.
                if ((level.Length & 1) == 1)
                {
                    buffer[level.Length / 2] = level[^1];
                }

                level = buffer.AsSpan(0, (level.Length + 1) / 2);
            }

            return level[0];
        }
        finally
        {
            ArrayPool<Digest>.Shared.Return(buffer);
        }
    }

    /// <summary>The leaf hashes of log entries, which are digests themselves: SHA-256(0x00 ‖ entry).</summary>
    /// <exception cref="ArgumentException">There is not room for all.</exception>
    public static void Leaves(ReadOnlySpan<Digest> entries, Span<Digest> leafHashes)
    {
        if (leafHashes.Length < entries.Length)
        {
            throw new ArgumentException($"{entries.Length} entries have as many leaf hashes, not {leafHashes.Length}.", nameof(leafHashes));
        }

        Span<byte> entry = stackalloc byte[Digest.SizeBytes];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].CopyTo(entry);
            leafHashes[i] = MerkleHash.Leaf(entry);
        }
    }

    /// <summary>The nodes above pairs: SHA-256(0x01 ‖ nodes[2i] ‖ nodes[2i + 1]).</summary>
    /// <param name="nodes">An even number of hashes.</param>
    /// <param name="parents">Takes half as many; may be where <paramref name="nodes"/> begins.</param>
    /// <exception cref="ArgumentException">A node has no sibling, or there is not room for all parents.</exception>
    public static void Parents(ReadOnlySpan<Digest> nodes, Span<Digest> parents)
    {
        if ((nodes.Length & 1) == 1 || parents.Length < nodes.Length / 2)
        {
            throw new ArgumentException($"{nodes.Length} nodes are not pairs with {parents.Length} parents.", nameof(parents));
        }

        for (var i = 0; i < nodes.Length / 2; i++)
        {
            parents[i] = MerkleHash.Node(nodes[2 * i], nodes[(2 * i) + 1]);
        }
    }
}
