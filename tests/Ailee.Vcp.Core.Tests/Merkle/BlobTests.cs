using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class BlobTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(65535, 1)]
    [InlineData(65536, 1)]
    [InlineData(65537, 2)]
    [InlineData(131072, 2)]
    [InlineData(131073, 3)]
    [InlineData(196608, 3)]
    public void Of_AnyLength_IsTheTreeOverItsChunks(int length, int chunkCount)
    {
        var data = Data(length);

        var blob = Blob.Of(data);

        var chunks = data.Chunk(65536).ToArray();
        Assert.Equal(chunkCount, chunks.Length);
        Assert.Equal(length, blob.Length);
        Assert.Equal(NaiveMerkle.Root(chunks), blob.Root.ToArray());
    }

    [Fact]
    public void Of_NoBytes_IsTheEmptyTree()
    {
        Assert.Equal(Blob.Empty, Blob.Of([]));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Blob.Empty.Root.ToHex());
    }

    [Fact]
    public void Of_ThreeChunks_LetsEachBeProvenAlone()
    {
        var data = Data(150_000);
        var hashes = data.Chunk(Blob.ChunkSizeBytes).Select(chunk => MerkleHash.Leaf(chunk)).ToArray();
        var blob = Blob.Of(data);

        for (var i = 0; i < hashes.Length; i++)
        {
            Assert.True(InclusionProof.Create(hashes, i).Verify(hashes[i], blob.Root));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(65537)]
    public void Of_OneByteChangedOrAdded_Differs(int length)
    {
        var data = Data(length);
        var changed = data.ToArray();
        changed[^1] ^= 1;

        Assert.NotEqual(Blob.Of(data), Blob.Of(changed));
        Assert.NotEqual(Blob.Of(data).Root, Blob.Of([.. data, 0]).Root);
        Assert.NotEqual(Blob.Of(data).Root, Blob.Of(data.AsSpan(..^1)).Root);
    }

    // 251 is prime, so no chunk equals another.
    private static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index % 251))];
}
