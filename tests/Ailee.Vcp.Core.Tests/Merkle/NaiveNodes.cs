using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>Nodes computed from all leaves, which complains about what is not a complete subtree and counts what it is asked.</summary>
internal sealed class NaiveNodes(byte[][] leaves, int size) : IMerkleNodes
{
    public int Reads { get; private set; }

    public Digest Node(int level, long index)
    {
        Reads++;
        var (start, count) = (index << level, 1L << level);
        Assert.True(level is >= 0 and < 32 && index >= 0 && start + count <= size, $"Node {index} of level {level} is not in a tree of {size}.");
        return new Digest(NaiveMerkle.Root(leaves.AsSpan((int)start, (int)count)));
    }
}
