using System.Numerics;
using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class MerkleProofsTests
{
    private const int MaxSize = 130;

    private static readonly byte[][] Leaves = NaiveMerkle.Leaves(2000);
    private static readonly Digest[] Roots =
        [.. Enumerable.Range(0, MaxSize + 1).Select(size => new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, size))))];

    [Fact]
    public void Root_EverySize_IsTheNaiveOne()
    {
        for (var size = 0; size <= MaxSize; size++)
        {
            Assert.Equal(Roots[size], MerkleProofs.Root(new NaiveNodes(size), size));
        }
    }

    [Fact]
    public void Inclusion_EveryLeafOfEverySize_IsTheNaiveProofThatVerifies()
    {
        for (var size = 1; size <= MaxSize; size++)
        {
            for (var index = 0; index < size; index++)
            {
                CheckInclusion(index, size);
            }
        }
    }

    [Fact]
    public void Consistency_EveryPairOfSizes_IsTheNaiveProofThatVerifies()
    {
        for (var to = 1; to <= MaxSize; to++)
        {
            for (var from = 1; from <= to; from++)
            {
                CheckConsistency(from, to);
            }
        }
    }

    [Fact]
    public void Proofs_LargerTrees_AreTheNaiveOnes() => Gen.Select(Gen.Int[1, Leaves.Length], Gen.Int[0, int.MaxValue])
        .Sample((size, at) =>
        {
            CheckInclusion(at % size, size);
            CheckConsistency((at % size) + 1, size);
        }, iter: 60);

    [Fact]
    public void Proofs_LongestTree_ReadFewNodes()
    {
        var nodes = new SameNodes();

        var inclusion = MerkleProofs.Inclusion(nodes, long.MaxValue - 1, long.MaxValue);
        var consistency = MerkleProofs.Consistency(nodes, (1L << 62) + 1, long.MaxValue);
        MerkleProofs.Root(nodes, long.MaxValue);

        Assert.Equal(62, inclusion.Path.Count);
        Assert.Equal(64, consistency.Path.Count);
        Assert.InRange(nodes.Reads, 1, 4 * 64);
    }

    [Fact]
    public void Consistency_FromNothingOrToItself_IsEmpty()
    {
        var nodes = new NaiveNodes(7);

        Assert.Empty(MerkleProofs.Consistency(nodes, 0, 7).Path);
        Assert.Empty(MerkleProofs.Consistency(nodes, 7, 7).Path);
        Assert.Empty(MerkleProofs.Consistency(nodes, 0, 0).Path);
        Assert.Equal(0, nodes.Reads);
    }

    [Fact]
    public void Proofs_NoSuchLeafOrTree_Throw()
    {
        var nodes = new NaiveNodes(3);

        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Root(nodes, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Inclusion(nodes, -1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Inclusion(nodes, 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Inclusion(nodes, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Inclusion(nodes, 0, long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Consistency(nodes, -1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Consistency(nodes, 4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProofs.Consistency(nodes, 0, -1));
    }

    private static void CheckInclusion(int index, int size)
    {
        var nodes = new NaiveNodes(size);

        var proof = MerkleProofs.Inclusion(nodes, index, size);

        Assert.Equal((index, size), (proof.Index, proof.Size));
        Assert.Equal(NaiveMerkle.Path(Leaves.AsSpan(0, size), index), proof.Path.Select(hash => hash.ToArray()));
        Assert.True(proof.Verify(MerkleHash.Leaf(Leaves[index]), Root(size)));
        Assert.InRange(nodes.Reads, 0, 2 * BitOperations.Log2((uint)size) + 1);
    }

    private static void CheckConsistency(int from, int to)
    {
        var nodes = new NaiveNodes(to);

        var proof = MerkleProofs.Consistency(nodes, from, to);

        Assert.Equal((from, to), (proof.From, proof.To));
        Assert.Equal(NaiveMerkle.Consistency(Leaves.AsSpan(0, to), from), proof.Path.Select(hash => hash.ToArray()));
        Assert.True(proof.Verify(Root(from), Root(to)));
        Assert.InRange(nodes.Reads, 0, 2 * BitOperations.Log2((uint)to) + 2);
    }

    private static Digest Root(int size) => size <= MaxSize ? Roots[size] : new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, size)));

    private sealed class SameNodes : IMerkleNodes
    {
        public int Reads { get; private set; }

        public Digest Node(int level, long index)
        {
            Reads++;
            Assert.True(level is >= 0 and < 63 && index < long.MaxValue >> level);
            return MerkleHash.Empty;
        }
    }
}
