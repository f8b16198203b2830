namespace Ailee.Vcp.Core.Merkle;

/// <summary>The tree over the chunks of a blob with all its levels, so that a path costs no hashing. Immutable.</summary>
public sealed class ChunkTree
{
    // From the leaves up. A node without a sibling stands on the next level as it is.
    private readonly List<Digest[]> _levels;
    private readonly ContentHash _hash;

    /// <summary>A tree over chunks given by their hashes as leaves.</summary>
    /// <param name="chunkHashes">The chunks.</param>
    /// <param name="hash">The hash of the tree; null for SHA-256.</param>
    public ChunkTree(IReadOnlyList<Digest> chunkHashes, ContentHash? hash = null)
    {
        _hash = hash ?? ContentHash.Sha256;
        _levels = [[.. chunkHashes]];
        while (_levels[^1].Length > 1)
        {
            _levels.Add(Above(_hash, _levels[^1]));
        }
    }

    /// <summary>The root: that of the blob.</summary>
    public Digest Root => _levels[^1] is [var root] ? root : _hash.Empty;

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

    private static Digest[] Above(ContentHash hash, Digest[] level)
    {
        var above = new Digest[(level.Length + 1) / 2];
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = (2 * i) + 1 < level.Length ? hash.Node(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
        }

        return above;
    }
}
