using System.Security.Cryptography;
using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>Many hashes at once, in lanes where there are some and one by one, against the framework's.</summary>
public sealed class MerkleTreeTests
{
    private const int MaxCount = 40;

    private static readonly Gen<Digest> AnyDigest = Gen.Byte.Array[Digest.SizeBytes].Select(bytes => new Digest(bytes));

    /// <summary>Both ways, where there are two.</summary>
    public static TheoryData<bool> Ways => Sha256Lanes.IsSupported ? [false, true] : [false];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Leaves_EveryCount_AreTheFrameworksHashes(bool inLanes) => ForEveryCount(1, entries =>
    {
        var hashes = new Digest[entries.Length];

        MerkleTree.Leaves(entries, hashes, inLanes);

        Assert.Equal(entries.Select(entry => Framework([0x00, .. entry.ToArray()])), hashes);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Parents_EveryCount_AreTheFrameworksHashes(bool inLanes) => ForEveryCount(2, nodes =>
    {
        var parents = new Digest[nodes.Length / 2];

        MerkleTree.Parents(nodes, parents, inLanes);

        Assert.Equal(Enumerable.Range(0, parents.Length).Select(i => Framework([0x01, .. nodes[2 * i].ToArray(), .. nodes[(2 * i) + 1].ToArray()])), parents);
    });

    // Long runs of set or clear bits carry furthest.
    [Theory]
    [MemberData(nameof(Ways))]
    public void Parents_OneBitInEachPlace_AreTheFrameworksHashes(bool inLanes)
    {
        foreach (var background in (byte[])[0x00, 0xff])
        {
            var nodes = Enumerable.Range(0, 512).SelectMany(bit => Pair(background, bit)).ToArray();
            var parents = new Digest[nodes.Length / 2];

            MerkleTree.Parents(nodes, parents, inLanes);

            Assert.Equal(nodes.Chunk(2).Select(pair => Framework([0x01, .. pair[0].ToArray(), .. pair[1].ToArray()])), parents);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void LeavesAndParents_InPlace_AreTheSame(bool inLanes) => ForEveryCount(2, digests =>
    {
        var (hashes, parents) = (new Digest[digests.Length], new Digest[digests.Length / 2]);
        MerkleTree.Leaves(digests, hashes, inLanes);
        MerkleTree.Parents(hashes, parents, inLanes);

        MerkleTree.Leaves(digests, digests, inLanes);
        MerkleTree.Parents(digests, digests, inLanes);

        Assert.Equal(parents, digests[..parents.Length]);
        Assert.Equal(hashes[parents.Length..], digests[parents.Length..]);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Root_EverySize_IsTheNaiveOne(bool inLanes)
    {
        var leaves = NaiveMerkle.Leaves(300);
        var hashes = leaves.Select(leaf => MerkleHash.Leaf(leaf)).ToArray();
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal(NaiveMerkle.Root(leaves.AsSpan(0, size)), MerkleTree.Root(hashes.AsSpan(0, size), inLanes).ToArray());
        }

        Assert.Equal(leaves.Select(leaf => MerkleHash.Leaf(leaf)), hashes);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Root_ManyLeaves_IsTheBuilders(bool inLanes)
    {
        var hashes = Enumerable.Range(0, 12_345).Select(i => Digest.Of(BitConverter.GetBytes(i))).ToArray();
        var tree = new MerkleTreeBuilder();
        foreach (var hash in hashes)
        {
            tree.Append(hash);
        }

        Assert.Equal(tree.Root(), MerkleTree.Root(hashes, inLanes));
    }

    [Fact]
    public void Batch_AsTheMachineDoesIt_IsTheSame()
    {
        var digests = Enumerable.Range(0, 22).Select(i => Digest.Of(BitConverter.GetBytes(i))).ToArray();
        var (hashes, expected) = (new Digest[22], new Digest[22]);

        MerkleTree.Leaves(digests, hashes);
        MerkleTree.Leaves(digests, expected, inLanes: false);
        Assert.Equal(expected, hashes);

        MerkleTree.Parents(digests, hashes);
        MerkleTree.Parents(digests, expected, inLanes: false);
        Assert.Equal(expected, hashes);

        Assert.Equal(MerkleTree.Root(digests, inLanes: false), MerkleTree.Root(digests));
    }

    [Fact]
    public void Batch_NoPairsOrNoRoom_Throws()
    {
        var digests = new Digest[9];

        Assert.Throws<ArgumentException>(() => MerkleTree.Parents(digests, new Digest[9]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Parents(digests.AsSpan(1), new Digest[3]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Leaves(digests, new Digest[8]));
    }

    private static void ForEveryCount(int digestsPerHash, Action<Digest[]> check)
    {
        for (var count = 0; count <= MaxCount; count++)
        {
            AnyDigest.Array[count * digestsPerHash].Sample(check, iter: 20);
        }
    }

    private static Digest[] Pair(byte background, int bit)
    {
        var bytes = Enumerable.Repeat(background, 2 * Digest.SizeBytes).ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return [new Digest(bytes.AsSpan(0, Digest.SizeBytes)), new Digest(bytes.AsSpan(Digest.SizeBytes))];
    }

    private static Digest Framework(byte[] message) => new(SHA256.HashData(message));
}
