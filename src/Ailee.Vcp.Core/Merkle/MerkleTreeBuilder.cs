namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// Computes the root of a growing RFC 9162 tree in O(log n) memory: it holds the roots of the complete subtrees that the leaves
/// so far fall into, one for each set bit of the count. Not thread-safe.
/// </summary>
public sealed class MerkleTreeBuilder
{
    private readonly Stack<Digest> _subtrees = new();

    /// <summary>Number of leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a leaf by its <see cref="MerkleHash.Leaf"/>.</summary>
    public void Append(Digest leafHash)
    {
        var hash = leafHash;
        for (var size = Count; (size & 1) == 1; size >>= 1)
        {
            hash = MerkleHash.Node(_subtrees.Pop(), hash);
        }

        _subtrees.Push(hash);
        Count++;
    }

    /// <summary>The root over all leaves so far; more leaves may follow.</summary>
    public Digest Root()
    {
        if (Count == 0)
        {
            return MerkleHash.Empty;
        }

        // A stack enumerates from its top: the smallest, rightmost subtree first.
        Digest? root = null;
        foreach (var subtree in _subtrees)
        {
            root = root is { } right ? MerkleHash.Node(subtree, right) : subtree;
        }

        return root!.Value;
    }
}
