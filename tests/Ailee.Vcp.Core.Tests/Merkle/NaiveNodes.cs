using System.Collections.Concurrent;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>Nodes over the first of <see cref="NaiveMerkle.Leaves"/>; complains about what is not a complete subtree and counts what it is asked.</summary>
internal sealed class NaiveNodes(int size) : IMerkleNodes
{
    private static readonly byte[][] Leaves = NaiveMerkle.Leaves(2000);

    // A complete subtree is the same in every tree.
    private static readonly ConcurrentDictionary<(int Level, long Index), Digest> Known = [];

    public int Reads { get; private set; }

    public Digest Node(int level, long index)
    {
        Reads++;
        var (start, count) = (index << level, 1L << level);
        Assert.True(level is >= 0 and < 32 && index >= 0 && start + count <= size, $"Node {index} of level {level} is not in a tree of {size}.");
        return Known.GetOrAdd((level, index), _ => new Digest(NaiveMerkle.Root(Leaves.AsSpan((int)start, (int)count))));
    }
}
