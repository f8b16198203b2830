namespace Ailee.Vcp.Core.Merkle;

/// <summary>The tree over the chunks of a blob with all its levels, so that a path costs no hashing. Immutable.</summary>
public sealed class ChunkTree
{
    // From the leaves up. A node without a sibling stands on the next level as it is.
    private readonly List<Digest[]> _levels;

    /// <summary>A tree over chunks given by their <see cref="Leaf"/>.</summary>
    public ChunkTree(IReadOnlyList<Digest> chunkHashes)
    {
        _levels = [[.. chunkHashes]];
        while (_levels[^1].Length > 1)
        {
            _levels.Add(Above(_levels[^1]));
        }
    }

    /// <summary>The root: that of the blob.</summary>
    public Digest Root => _levels[^1] is [var root] ? root : MerkleHash.Empty;

    /// <summary>Hash of a chunk's bytes.</summary>
    public static Digest Leaf(ReadOnlySpan<byte> chunk) => MerkleHash.Leaf(chunk);

    /// <summary>The inclusion path of a chunk (RFC 9162 §2.1.3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk.</exception>
    public IReadOnlyList<Digest> PathOf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _levels[0].Length);
        var path = new List<Digest>();
        foreach (var level in _levels)
        {
            var sibling = index ^ 1;
            if (sibling < level.Length)
            {
                path.Add(level[sibling]);
            }

            index >>= 1;
        }

        return path;
    }

    private static Digest[] Above(Digest[] level)
    {
        var above = new Digest[(level.Length + 1) / 2];
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = (2 * i) + 1 < level.Length ? MerkleHash.Node(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
        }

        return above;
    }
}
