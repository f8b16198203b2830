using System.Numerics;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>Shows that the tree of one size is the beginning of a tree of another size (RFC 9162 §2.1.4).</summary>
/// <param name="From">Number of leaves of the smaller tree.</param>
/// <param name="To">Number of leaves of the larger tree.</param>
/// <param name="Path">Hashes of subtrees that both roots follow from. Empty where one of the sizes says it all: from nothing, or from the same size.</param>
public sealed record ConsistencyProof(long From, long To, IReadOnlyList<Digest> Path)
{
    /// <summary>
    /// True if the path leads to both roots (RFC 9162 §2.1.4.2). Any tree is consistent with the empty one, and a tree with itself.
    /// A false proof of any length costs at most some 64 hashes.
    /// </summary>
    public bool Verify(Digest fromRoot, Digest toRoot)
    {
        if (From < 0 || From > To)
        {
            return false;
        }

        if (From == To)
        {
            return Path.Count == 0 && fromRoot == toRoot && (From != 0 || fromRoot == MerkleHash.Empty);
        }

        if (From == 0)
        {
            return Path.Count == 0 && fromRoot == MerkleHash.Empty;
        }

        // A smaller tree that is complete is itself the first subtree, so its root is not sent.
        IEnumerable<Digest> path = BitOperations.IsPow2(From) ? Path.Prepend(fromRoot) : Path;
        return Path.Count != 0 && Leads(path, fromRoot, toRoot);
    }

    private bool Leads(IEnumerable<Digest> path, Digest fromRoot, Digest toRoot)
    {
        // Both start at the largest complete subtree that ends where the smaller tree ends.
        var level = BitOperations.TrailingZeroCount(From);
        var (node, last) = ((From - 1) >> level, (To - 1) >> level);
        var (fromHash, toHash) = (path.First(), path.First());
        foreach (var sibling in path.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                fromHash = MerkleHash.Node(sibling, fromHash);
                toHash = MerkleHash.Node(sibling, toHash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                toHash = MerkleHash.Node(toHash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && fromHash == fromRoot && toHash == toRoot;
    }
}
