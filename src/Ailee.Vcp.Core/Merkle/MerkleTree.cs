using System.Buffers;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>The hashes of <see cref="MerkleHash"/>, many at once.</summary>
public static class MerkleTree
{
    // A batch of lanes costs as much as some two hashes one by one.
    private const int FewestInLanes = 3;

    /// <summary>The root of the RFC 9162 tree over all leaves.</summary>
    public static Digest Root(ReadOnlySpan<Digest> leafHashes) => Root(leafHashes, Sha256Lanes.IsSupported);

    /// <summary>The leaf hashes of log entries, which are digests themselves: SHA-256(0x00 ‖ entry).</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="leafHashes">Takes as many; may be where <paramref name="entries"/> begins.</param>
    /// <exception cref="ArgumentException">There is not room for all.</exception>
    public static void Leaves(ReadOnlySpan<Digest> entries, Span<Digest> leafHashes) => Leaves(entries, leafHashes, Sha256Lanes.IsSupported);

    /// <summary>The nodes above pairs: SHA-256(0x01 ‖ nodes[2i] ‖ nodes[2i + 1]).</summary>
    /// <param name="nodes">An even number of hashes.</param>
    /// <param name="parents">Takes half as many; may be where <paramref name="nodes"/> begins.</param>
    /// <exception cref="ArgumentException">A node has no sibling, or there is not room for all parents.</exception>
    public static void Parents(ReadOnlySpan<Digest> nodes, Span<Digest> parents) => Parents(nodes, parents, Sha256Lanes.IsSupported);

    internal static Digest Root(ReadOnlySpan<Digest> leafHashes, bool inLanes)
    {
        if (leafHashes.Length < 2)
        {
            return leafHashes.IsEmpty ? MerkleHash.Empty : leafHashes[0];
        }

        var buffer = ArrayPool<Digest>.Shared.Rent((leafHashes.Length + 1) / 2);
        try
        {
            var level = Above(leafHashes, buffer, inLanes);
            while (level.Length > 1)
            {
                level = Above(level, level, inLanes);
            }

            return level[0];
        }
        finally
        {
            ArrayPool<Digest>.Shared.Return(buffer);
        }
    }

    /// <summary>The level above one of two nodes and more: their parents, and a last node without a sibling as it is.</summary>
    internal static Span<Digest> Above(ReadOnlySpan<Digest> level, Span<Digest> above, bool inLanes)
    {
        var pairs = level.Length / 2;
        Parents(level[..(2 * pairs)], above, inLanes);
        if ((level.Length & 1) == 0)
        {
            return above[..pairs];
        }

        // Moved up unchanged, so that the left part of every tree is a power of two.
        above[pairs] = level[^1];
        return above[..(pairs + 1)];
    }

    internal static void Leaves(ReadOnlySpan<Digest> entries, Span<Digest> leafHashes, bool inLanes)
    {
        if (leafHashes.Length < entries.Length)
        {
            throw new ArgumentException($"{entries.Length} entries have as many leaf hashes, not {leafHashes.Length}.", nameof(leafHashes));
        }

        var done = 0;
        for (int some; inLanes && (some = Math.Min(Sha256Lanes.Count, entries.Length - done)) >= FewestInLanes; done += some)
        {
            Sha256Lanes.Leaves(entries.Slice(done, some), leafHashes[done..]);
        }

        Span<byte> entry = stackalloc byte[Digest.SizeBytes];
        for (; done < entries.Length; done++)
        {
            entries[done].CopyTo(entry);
            leafHashes[done] = MerkleHash.Leaf(entry);
        }
    }

    internal static void Parents(ReadOnlySpan<Digest> nodes, Span<Digest> parents, bool inLanes)
    {
        var count = nodes.Length / 2;
        if ((nodes.Length & 1) == 1 || parents.Length < count)
        {
            throw new ArgumentException($"{nodes.Length} nodes are not pairs with {parents.Length} parents.", nameof(parents));
        }

        var done = 0;
        for (int some; inLanes && (some = Math.Min(Sha256Lanes.Count, count - done)) >= FewestInLanes; done += some)
        {
            Sha256Lanes.Nodes(nodes.Slice(2 * done, 2 * some), parents[done..]);
        }

        for (; done < count; done++)
        {
            parents[done] = MerkleHash.Node(nodes[2 * done], nodes[(2 * done) + 1]);
        }
    }
}
