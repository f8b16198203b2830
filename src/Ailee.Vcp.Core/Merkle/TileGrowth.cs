namespace Ailee.Vcp.Core.Merkle;

/// <summary>What appending leaves to a tree makes of it.</summary>
/// <param name="Size">Number of leaves now.</param>
/// <param name="Root">Root of that tree.</param>
/// <param name="Tiles">Every tile that is new or wider than before, from the lowest level up and from left to right.</param>
public sealed record TileGrowth(long Size, Digest Root, IReadOnlyList<Tile> Tiles)
{
    /// <summary>
    /// Appends leaves. Pure: it stores nothing. Reads the partial tile at the right edge of each level, so it costs O(leaves + log size).
    /// </summary>
    /// <param name="size">Number of leaves so far.</param>
    /// <param name="read">Reads the tiles of the tree of that size.</param>
    /// <param name="leafHashes">The new leaves, each as <see cref="MerkleHash.Leaf"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    /// <exception cref="InvalidDataException">A tile has another number of bytes than its width wants.</exception>
    /// <exception cref="OverflowException">The tree would have more than 2^63 − 1 leaves.</exception>
    public static TileGrowth Append(long size, TileReader read, ReadOnlySpan<Digest> leafHashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var newSize = checked(size + leafHashes.Length);
        var tiles = new List<Tile>();
        var added = leafHashes;
        for (var level = 0; !added.IsEmpty; level++)
        {
            added = AppendLevel(level, size >> (level * TilePath.TileHeight), read, added, tiles);
        }

        // The root follows from the right edge: what did not change is read, the rest is at hand.
        var changed = tiles.ToDictionary(tile => tile.Path, tile => tile.Bytes);
        var nodes = new TileNodes(newSize, path => changed.TryGetValue(path, out var bytes) ? bytes : read(path));
        return new TileGrowth(newSize, MerkleProofs.Root(nodes, newSize), tiles);
    }

    // Adds the level's new hashes to its last tile and to new ones; gives the roots of those that are full now.
    private static Digest[] AppendLevel(int level, long count, TileReader read, ReadOnlySpan<Digest> added, List<Tile> tiles)
    {
        var (index, before) = (count / TilePath.FullWidth, (int)(count % TilePath.FullWidth));
        var hashes = new Digest[before + added.Length];
        if (before != 0)
        {
            var path = new TilePath(level, index, before);
            new Tile(path, read(path)).CopyTo(hashes);
        }

        added.CopyTo(hashes.AsSpan(before));
        var full = new Digest[hashes.Length / TilePath.FullWidth];
        for (var start = 0; start < hashes.Length; start += TilePath.FullWidth, index++)
        {
            var width = Math.Min(TilePath.FullWidth, hashes.Length - start);
            var tile = hashes.AsSpan(start, width);
            tiles.Add(Tile.Of(new TilePath(level, index, width), tile));
            if (width == TilePath.FullWidth)
            {
                full[start / TilePath.FullWidth] = MerkleTree.Root(tile);
            }
        }

        return full;
    }
}
