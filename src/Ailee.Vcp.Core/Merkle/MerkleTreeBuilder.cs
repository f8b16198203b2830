namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// Computes the root of a growing RFC 9162 tree in O(log n) memory: it holds the roots of the complete subtrees that the leaves
/// so far fall into, one for each set bit of the count. Not thread-safe.
/// </summary>
/// <param name="hash">The hash of the tree.</param>
public sealed class MerkleTreeBuilder(ContentHash hash)
{
    private readonly Stack<Digest> _subtrees = new();

    /// <summary>A tree of SHA-256.</summary>
    public MerkleTreeBuilder()
        : this(ContentHash.Sha256)
    {
    }

    /// <summary>Number of leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a leaf by its <see cref="ContentHash.Leaf"/>.</summary>
    public void Append(Digest leafHash)
    {
        var subtree = leafHash;
        for (var size = Count; (size & 1) == 1; size >>= 1)
        {
            subtree = hash.Node(_subtrees.Pop(), subtree);
        }

        _subtrees.Push(subtree);
        Count++;
    }

    /// <summary>The root over all leaves so far; more leaves may follow.</summary>
    public Digest Root()
    {
        if (Count == 0)
        {
            return hash.Empty;
        }

        // A stack enumerates from its top: the smallest, rightmost subtree first.
        Digest? root = null;
        foreach (var subtree in _subtrees)
        {
            root = root is { } right ? hash.Node(subtree, right) : subtree;
        }

        return root!.Value;
    }
}
