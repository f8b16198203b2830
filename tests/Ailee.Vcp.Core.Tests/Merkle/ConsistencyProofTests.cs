using System.Collections;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class ConsistencyProofTests
{
    private const int MaxSize = 34;

    private static readonly byte[][] Leaves = NaiveMerkle.Leaves(MaxSize + 1);
    private static readonly Digest[] Roots =
        [.. Enumerable.Range(0, Leaves.Length + 1).Select(size => new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, size))))];
    private static readonly Digest Foreign = Digest.Of("foreign"u8);

    [Fact]
    public void Verify_OtherRoots_Fails() => ForEveryPair((proof, from, to) =>
    {
        Assert.True(proof.Verify(Roots[from], Roots[to]));
        Assert.False(proof.Verify(Foreign, Roots[to]));
        Assert.False(proof.Verify(Roots[from], Foreign));
        Assert.False(proof.Verify(Roots[to], Roots[from]));
        Assert.False(proof.Verify(Roots[from - 1], Roots[to]));
        Assert.False(proof.Verify(Roots[from + 1], Roots[to]));
        Assert.False(proof.Verify(Roots[from], Roots[to - 1]));
        Assert.False(proof.Verify(Roots[from], Roots[to + 1]));
    });

    [Fact]
    public void Verify_BranchedHistory_Fails() => ForEveryPair((proof, from, to) =>
    {
        var branch = Leaves[..to];
        branch[from - 1] = [0xff];

        Assert.False(proof.Verify(Roots[from], new Digest(NaiveMerkle.Root(branch))));
        var forged = new ConsistencyProof(from, to, [.. NaiveMerkle.Consistency(branch, from).Select(hash => new Digest(hash))]);
        Assert.False(forged.Verify(Roots[from], new Digest(NaiveMerkle.Root(branch))));
    });

    [Fact]
    public void Verify_FlippedBit_Fails() => ForEveryPair((proof, from, to) =>
    {
        for (var i = 0; i < proof.Path.Count; i++)
        {
            var bytes = proof.Path[i].ToArray();
            bytes[(from + to) % bytes.Length] ^= (byte)(1 << (i % 8));

            Assert.False((proof with { Path = [.. proof.Path.Take(i), new Digest(bytes), .. proof.Path.Skip(i + 1)] }).Verify(Roots[from], Roots[to]));
        }
    });

    [Fact]
    public void Verify_TruncatedOrExtendedPath_Fails() => ForEveryPair((proof, from, to) =>
    {
        for (var i = 0; i < proof.Path.Count; i++)
        {
            Assert.False((proof with { Path = [.. proof.Path.Take(i)] }).Verify(Roots[from], Roots[to]));
            Assert.False((proof with { Path = [.. proof.Path.Skip(i + 1)] }).Verify(Roots[from], Roots[to]));
        }

        foreach (var extra in (Digest[])[Foreign, Roots[from], Roots[to]])
        {
            for (var i = 0; i <= proof.Path.Count; i++)
            {
                Assert.False((proof with { Path = [.. proof.Path.Take(i), extra, .. proof.Path.Skip(i)] }).Verify(Roots[from], Roots[to]));
            }
        }
    });

    [Fact]
    public void Verify_SwappedPathElements_Fails() => ForEveryPair((proof, from, to) =>
    {
        for (var i = 1; i < proof.Path.Count; i++)
        {
            var path = proof.Path.ToArray();
            (path[i - 1], path[i]) = (path[i], path[i - 1]);

            Assert.False((proof with { Path = path }).Verify(Roots[from], Roots[to]));
        }
    });

    [Fact]
    public void Verify_FromNothing_WantsTheEmptyRootAndNoPath()
    {
        Assert.True(new ConsistencyProof(0, 3, []).Verify(MerkleHash.Empty, Roots[3]));
        Assert.True(new ConsistencyProof(0, 0, []).Verify(MerkleHash.Empty, MerkleHash.Empty));
        Assert.False(new ConsistencyProof(0, 3, []).Verify(Foreign, Roots[3]));
        Assert.False(new ConsistencyProof(0, 3, [Roots[3]]).Verify(MerkleHash.Empty, Roots[3]));
        Assert.False(new ConsistencyProof(0, 0, []).Verify(Foreign, Foreign));
        Assert.False(new ConsistencyProof(0, 0, []).Verify(MerkleHash.Empty, Foreign));
    }

    [Fact]
    public void Verify_SameSize_WantsTheSameRootAndNoPath()
    {
        Assert.True(new ConsistencyProof(3, 3, []).Verify(Roots[3], Roots[3]));
        Assert.False(new ConsistencyProof(3, 3, []).Verify(Roots[3], Foreign));
        Assert.False(new ConsistencyProof(4, 4, [Roots[4]]).Verify(Roots[4], Roots[4]));
    }

    [Fact]
    public void Verify_SizesThatCannotBe_Fails()
    {
        Assert.False(new ConsistencyProof(3, 2, []).Verify(Roots[3], Roots[2]));
        Assert.False(new ConsistencyProof(2, 1, [Foreign]).Verify(Roots[2], Roots[1]));
        Assert.False(new ConsistencyProof(-1, 1, []).Verify(Roots[1], Roots[1]));
        Assert.False(new ConsistencyProof(-1, -1, []).Verify(Roots[1], Roots[1]));
        Assert.False(new ConsistencyProof(long.MinValue, long.MaxValue, []).Verify(Roots[1], Roots[1]));
        Assert.False(new ConsistencyProof(long.MaxValue, long.MinValue, [Foreign]).Verify(Roots[1], Roots[1]));
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(1L << 62, long.MaxValue)]
    [InlineData((1L << 62) + 1, long.MaxValue)]
    [InlineData(long.MaxValue - 1, long.MaxValue)]
    public void Verify_AbsurdPath_FailsAfterFewHashes(long from, long to)
    {
        var path = new EndlessPath();

        Assert.False(new ConsistencyProof(from, to, path).Verify(Roots[1], Roots[2]));
        Assert.InRange(path.Read, 1, 70);
    }

    private static void ForEveryPair(Action<ConsistencyProof, int, int> check)
    {
        for (var to = 2; to <= MaxSize; to++)
        {
            for (var from = 1; from < to; from++)
            {
                check(MerkleProofs.Consistency(new NaiveNodes(to), from, to), from, to);
            }
        }
    }

    private sealed class EndlessPath : IReadOnlyList<Digest>
    {
        public int Read { get; private set; }

        public int Count => int.MaxValue;

        public Digest this[int index] => throw new NotSupportedException();

        public IEnumerator<Digest> GetEnumerator()
        {
            while (true)
            {
                Read++;
                yield return Foreign;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
