using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class MerkleTreeBuilderTests
{
    // The tree that the Certificate Transparency implementations test with.
    private static readonly string[] Leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Root_CertificateTransparencyTree_IsThePublishedOne()
    {
        var leaves = Leaves.Select(Convert.FromHexString).ToArray();
        var tree = new MerkleTreeBuilder();
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal(size, tree.Count);
            Assert.Equal(Roots[size], tree.Root().ToHex());
            Assert.Equal(Roots[size], Convert.ToHexStringLower(NaiveMerkle.Root(leaves.AsSpan(0, size))));

            if (size < leaves.Length)
            {
                tree.Append(MerkleHash.Leaf(leaves[size]));
            }
        }
    }

    [Fact]
    public void Root_AnySize_IsTheNaiveOne()
    {
        var leaves = NaiveMerkle.Leaves(300);
        var tree = new MerkleTreeBuilder();
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal(NaiveMerkle.Root(leaves.AsSpan(0, size)), tree.Root().ToArray());

            if (size < leaves.Length)
            {
                tree.Append(MerkleHash.Leaf(leaves[size]));
            }
        }
    }

    // CVE-2012-2459: where an odd last leaf is paired with itself, a list and the same list with its end repeated share a root.
    [Fact]
    public void Root_LastLeavesRepeated_Differs()
    {
        for (var size = 1; size <= 33; size++)
        {
            var leaves = NaiveMerkle.Leaves(size);
            for (var repeated = 1; repeated <= size; repeated++)
            {
                Assert.NotEqual(RootOf(leaves), RootOf([.. leaves, .. leaves[^repeated..]]));
            }
        }
    }

    // Without the prefixes, two leaves could be replaced by one whose data are their hashes.
    [Fact]
    public void Root_NodeGivenAsLeaf_Differs()
    {
        var leaves = NaiveMerkle.Leaves(4);
        byte[] left = [.. MerkleHash.Leaf(leaves[0]).ToArray(), .. MerkleHash.Leaf(leaves[1]).ToArray()];
        byte[] right = [.. MerkleHash.Leaf(leaves[2]).ToArray(), .. MerkleHash.Leaf(leaves[3]).ToArray()];

        Assert.NotEqual(RootOf(leaves), RootOf([left, right]));
        Assert.NotEqual(RootOf(leaves), RootOf([[0x01, .. left], [0x01, .. right]]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1022)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(100_000)]
    public void Leaf_AnyLength_HashesThePrefixAndTheData(int length)
    {
        byte[] data = [.. Enumerable.Range(0, length).Select(index => (byte)(index % 251))];

        Assert.Equal(NaiveMerkle.Root([data]), MerkleHash.Leaf(data).ToArray());
    }

    private static Digest RootOf(byte[][] leaves)
    {
        var tree = new MerkleTreeBuilder();
        foreach (var leaf in leaves)
        {
            tree.Append(MerkleHash.Leaf(leaf));
        }

        return tree.Root();
    }
}
