using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class InclusionProofTests
{
    private const int MaxSize = 65;

    private static readonly byte[][] Leaves = NaiveMerkle.Leaves(MaxSize);
    private static readonly Digest[] Hashes = [.. Leaves.Select(leaf => MerkleHash.Leaf(leaf))];
    private static readonly Digest[] Roots =
        [.. Enumerable.Range(0, MaxSize + 1).Select(size => new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, size))))];
    private static readonly Digest Foreign = Digest.Of("foreign"u8);

    [Fact]
    public void Create_EveryLeaf_GivesTheNaivePathThatVerifies() => ForEveryLeaf((proof, size, index) =>
    {
        Assert.Equal(NaiveMerkle.Path(Leaves.AsSpan(0, size), index), proof.Path.Select(hash => hash.ToArray()));
        Assert.Equal((index, size), (proof.Index, proof.Size));
        Assert.True(proof.Verify(Hashes[index], Roots[size]));
    });

    [Fact]
    public void Verify_OtherLeaf_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        Assert.False(proof.Verify(Foreign, Roots[size]));
        Assert.False(proof.Verify(Hashes[(index + 1) % MaxSize], Roots[size]));
    });

    [Fact]
    public void Verify_OtherRoot_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        Assert.False(proof.Verify(Hashes[index], Foreign));
        Assert.False(proof.Verify(Hashes[index], Roots[size - 1]));
    });

    [Fact]
    public void Verify_OtherIndex_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        foreach (var other in Enumerable.Range(-1, size + 2).Where(other => other != index))
        {
            Assert.False((proof with { Index = other }).Verify(Hashes[index], Roots[size]));
        }
    });

    // A path alone does not fix the size: what it must be comes from where the root comes from. Where the size changes the
    // shape of the path, verification fails.
    [Fact]
    public void Verify_OtherSize_FailsUnlessThePathHasTheSameShape() => ForEveryLeaf((proof, size, index) =>
    {
        foreach (var other in Enumerable.Range(-1, MaxSize + 2).Where(other => other != size))
        {
            var sameShape = index < other && NaiveMerkle.Sides(index, other) == NaiveMerkle.Sides(index, size);

            Assert.Equal(sameShape, (proof with { Size = other }).Verify(Hashes[index], Roots[size]));
        }
    });

    [Fact]
    public void Verify_OtherIndexAndSize_FailsUnlessThePathHasTheSameShape()
    {
        const int maxSize = 17;
        for (var size = 1; size <= maxSize; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var sides = NaiveMerkle.Sides(index, size);
                var proof = InclusionProof.Create(Hashes[..size], index);
                for (var otherSize = 1; otherSize <= maxSize; otherSize++)
                {
                    for (var other = 0; other < otherSize; other++)
                    {
                        var claimed = proof with { Index = other, Size = otherSize };

                        Assert.Equal(NaiveMerkle.Sides(other, otherSize) == sides, claimed.Verify(Hashes[index], Roots[size]));
                    }
                }
            }
        }
    }

    [Fact]
    public void Verify_ChangedPathElement_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        for (var i = 0; i < proof.Path.Count; i++)
        {
            var bytes = proof.Path[i].ToArray();
            bytes[(index + size) % bytes.Length] ^= 0x10;
            Digest[] path = [.. proof.Path.Take(i), new Digest(bytes), .. proof.Path.Skip(i + 1)];

            Assert.False((proof with { Path = path }).Verify(Hashes[index], Roots[size]));
        }
    });

    [Fact]
    public void Verify_MissingPathElement_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        for (var i = 0; i < proof.Path.Count; i++)
        {
            Assert.False((proof with { Path = [.. proof.Path.Take(i), .. proof.Path.Skip(i + 1)] }).Verify(Hashes[index], Roots[size]));
        }
    });

    [Fact]
    public void Verify_ExtraPathElement_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        foreach (var extra in (Digest[])[Foreign, Hashes[index], Roots[size]])
        {
            for (var i = 0; i <= proof.Path.Count; i++)
            {
                Digest[] path = [.. proof.Path.Take(i), extra, .. proof.Path.Skip(i)];

                Assert.False((proof with { Path = path }).Verify(Hashes[index], Roots[size]));
            }
        }
    });

    [Fact]
    public void Verify_ReversedPath_Fails() => ForEveryLeaf((proof, size, index) =>
    {
        if (proof.Path.Count > 1)
        {
            Assert.False((proof with { Path = [.. proof.Path.Reverse()] }).Verify(Hashes[index], Roots[size]));
        }
    });

    // CVE-2012-2459: the last leaf of an odd tree, claimed to stand there twice.
    [Fact]
    public void Verify_OddLeafDuplicated_Fails()
    {
        for (var size = 1; size < MaxSize; size += 2)
        {
            Digest[] doubled = [.. Hashes.Take(size), Hashes[size - 1]];
            var forged = InclusionProof.Create(doubled, size);
            var moved = InclusionProof.Create(Hashes[..size], size - 1) with { Index = size, Size = size + 1 };

            Assert.False(forged.Verify(Hashes[size - 1], Roots[size]));
            Assert.False(moved.Verify(Hashes[size - 1], Roots[size]));
        }
    }

    [Fact]
    public void Verify_SizesOfSixtyThreeBits_NeitherOverflowsNorPasses()
    {
        var path = Enumerable.Repeat(Foreign, 63).ToArray();

        Assert.False(new InclusionProof(long.MaxValue - 1, long.MaxValue, path).Verify(Hashes[0], Roots[1]));
        Assert.False(new InclusionProof(long.MaxValue, long.MaxValue, path).Verify(Hashes[0], Roots[1]));
        Assert.False(new InclusionProof(0, 0, []).Verify(Hashes[0], Hashes[0]));
        Assert.False(new InclusionProof(long.MinValue, long.MinValue, []).Verify(Hashes[0], Hashes[0]));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(3, -1)]
    public void Create_NoSuchLeaf_Throws(int size, int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Create(Hashes[..size], index));

    private static void ForEveryLeaf(Action<InclusionProof, int, int> check)
    {
        for (var size = 1; size <= MaxSize; size++)
        {
            for (var index = 0; index < size; index++)
            {
                check(InclusionProof.Create(Hashes[..size], index), size, index);
            }
        }
    }
}
