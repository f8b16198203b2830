namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// The nodes of a tree of one size, from its tiles. Each tile is read and hashed once, so one instance serves many proofs; it keeps up to
/// <see cref="MaxTilesKept"/> of them (16 KiB each). Not thread-safe.
/// </summary>
/// <param name="size">Number of leaves; says how wide the tile at the right edge is.</param>
/// <param name="read">Is asked only for tiles that a tree of this size has.</param>
public sealed class TileNodes(long size, TileReader read) : IMerkleNodes
{
    /// <summary>Tiles that are kept.</summary>
    public const int MaxTilesKept = 64;

    // Of each tile: its hashes, the complete pairs above them, and so on up to one node short of the next tile.
    private readonly Dictionary<(int Level, long Index), Digest[][]> _tiles = [];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The subtree does not lie within the tree.</exception>
    /// <exception cref="InvalidDataException">A tile has another number of bytes than its width wants.</exception>
    public Digest Node(int level, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 62);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size >> level);

        var (tileLevel, height) = Math.DivRem(level, TilePath.TileHeight);
        var tileIndex = index >> (TilePath.TileHeight - height);
        return Levels(tileLevel, tileIndex)[height][index - (tileIndex << (TilePath.TileHeight - height))];
    }

    private Digest[][] Levels(int level, long index)
    {
        if (_tiles.TryGetValue((level, index), out var known))
        {
            return known;
        }

        if (_tiles.Count == MaxTilesKept)
        {
            _tiles.Clear();
        }

        var path = new TilePath(level, index, TilePath.WidthAt(level, index, size));
        var levels = new Digest[TilePath.TileHeight][];
        levels[0] = new Digest[path.Width];
        new Tile(path, read(path)).CopyTo(levels[0]);
        for (var height = 1; height < levels.Length; height++)
        {
            var below = levels[height - 1];
            levels[height] = new Digest[below.Length / 2];
            MerkleTree.Parents(below.AsSpan(0, below.Length & ~1), levels[height]);
        }

        _tiles.Add((level, index), levels);
        return levels;
    }
}
