using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class ChunkTreeTests
{
    [Fact]
    public void PathOf_EveryChunkOfEverySize_IsTheNaivePath()
    {
        for (var size = 1; size <= 65; size++)
        {
            var leaves = NaiveMerkle.Leaves(size);
            var tree = new ChunkTree([.. leaves.Select(leaf => MerkleHash.Leaf(leaf))]);

            Assert.Equal(NaiveMerkle.Root(leaves), tree.Root.ToArray());
            for (var index = 0; index < size; index++)
            {
                Assert.Equal(NaiveMerkle.Path(leaves, index), tree.PathOf(index).Select(hash => hash.ToArray()));
            }
        }
    }

    [Fact]
    public void Root_NoChunks_IsThatOfTheEmptyBlob() => Assert.Equal(Blob.Empty.Root, new ChunkTree([]).Root);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    [InlineData(1, long.MinValue)]
    [InlineData(3, 3)]
    public void PathOf_NoSuchChunk_Throws(int size, long index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChunkTree([.. Enumerable.Repeat(default(Digest), size)]).PathOf(index));
}
