using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class BlobProofTests
{
    private const int Chunk = Blob.ChunkSizeBytes;
    private const int Length = (6 * Chunk) + 1000;

    // 251 is prime, so no chunk equals another.
    private static readonly byte[] Data = [.. Enumerable.Range(0, Length).Select(index => (byte)(index % 251))];

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(Chunk, 0, Chunk)]
    [InlineData(Chunk + 1, Chunk, 1)]
    [InlineData(Length, 0, Length)]
    [InlineData(Length, Length - 1, 1)]
    [InlineData(Length, (2 * Chunk) - 1, 2)]
    [InlineData(0, 0, 0)]
    public void Verify_Honest_Holds(int blob, int offset, int length)
    {
        var proof = BlobProofs.Of(Data.AsMemory(0, blob), offset, length);

        Assert.True(proof.Verify(out var problem), problem);
        Assert.Empty(problem);
    }

    [Fact]
    public void Verify_AnyHonestRange_HoldsAndNoOtherRangeDoes() => Gen.Select(Gen.Int[1, Length], Gen.Int[0, Length], Gen.Int[1, Length], Gen.Int[0, 3]).Sample((blob, from, most, lie) =>
    {
        var offset = from % blob;
        var proof = BlobProofs.Of(Data.AsMemory(0, blob), offset, Math.Min(most, blob - offset));

        Assert.True(proof.Verify(out var problem), problem);
        var other = lie switch
        {
            0 => proof with { Offset = offset + Chunk },
            1 => proof with { Length = proof.Length + Chunk },
            2 => proof.With(proof.Chunks.Count - 1, chunk => chunk with { Bytes = BlobProofs.Flipped(chunk.Bytes, chunk.Bytes.Length - 1) }),
            _ => proof with { Blob = new Blob(blob, Blob.Of(Data.AsSpan(0, blob - 1)).Root) },
        };
        Assert.False(other.Verify(out problem));
        Assert.NotEmpty(problem);
    }, iter: 50);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    public void Verify_ByteChanged_Fails(int at) =>
        Fails(Middle().With(1, chunk => chunk with { Bytes = BlobProofs.Flipped(chunk.Bytes, at) }), "The path of chunk 3 does not lead");

    [Fact]
    public void Verify_ChunkMissing_Fails()
    {
        var proof = Middle();

        Fails(proof with { Chunks = [.. proof.Chunks.SkipLast(1)] }, "The range touches 3 chunks, 2 are given");
        Fails(proof with { Chunks = [.. proof.Chunks.Skip(1)] }, "The range touches 3 chunks, 2 are given");
        Fails(proof with { Chunks = [] }, "The range touches 3 chunks, 0 are given");
    }

    [Fact]
    public void Verify_ChunksTwiceOrInAnotherOrder_Fails()
    {
        var (proof, chunks) = (Middle(), Middle().Chunks);

        Fails(proof with { Chunks = [chunks[0], chunks[0], chunks[2]] }, "Chunk 3 is due, chunk 2 is given");
        Fails(proof with { Chunks = [chunks[0], chunks[2], chunks[1]] }, "Chunk 3 is due, chunk 4 is given");
        Fails(proof with { Chunks = [.. chunks, chunks[2]] }, "The range touches 3 chunks, 4 are given");
    }

    // The bytes are those of chunk 2 and its path is right; only what it calls itself is not.
    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Verify_OtherIndex_Fails(long index) => Fails(Middle().With(0, chunk => chunk with { Index = index }), $"Chunk 2 is due, chunk {index} is given");

    [Fact]
    public void Verify_PathOfAnotherChunk_Fails()
    {
        var proof = Middle();

        Fails(proof.With(0, chunk => chunk with { Path = proof.Chunks[1].Path }), "The path of chunk 2");
        Fails(proof.With(0, chunk => proof.Chunks[1] with { Index = 2 }), "The path of chunk 2");
        Fails(proof.With(0, chunk => chunk with { Path = [] }), "The path of chunk 2");
        Fails(proof.With(0, chunk => chunk with { Path = [.. Enumerable.Repeat(proof.Blob.Root, 1000)] }), "The path of chunk 2");
    }

    [Fact]
    public void Verify_ChunkOfAnotherSize_Fails()
    {
        var last = BlobProofs.Of(Data, Length - 1, 1);

        Fails(last.With(0, chunk => chunk with { Bytes = new byte[Chunk] }), "Chunk 6 has 65536 bytes instead of 1000");
        Fails(last.With(0, chunk => chunk with { Bytes = chunk.Bytes[..^1] }), "Chunk 6 has 999 bytes instead of 1000");
        Fails(last.With(0, chunk => chunk with { Bytes = default }), "Chunk 6 has 0 bytes instead of 1000");
    }

    [Theory]
    [InlineData(0, Length + 1L)]
    [InlineData(Length, 0)]
    [InlineData(Length, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(1, long.MaxValue)]
    public void Verify_RangeThatIsNone_Fails(long offset, long length) => Fails(Middle() with { Offset = offset, Length = length }, "are no part of");

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    [InlineData(long.MaxValue)]
    public void Verify_LastChunkOfABlobOfAnotherLength_Fails(long length)
    {
        var proof = BlobProofs.Of(Data, Length - 1, 1);

        Assert.False((proof with { Blob = proof.Blob with { Length = length } }).Verify(out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    public void Verify_BlobOfAbsurdLength_Fails(long length) => Fails(Middle() with { Blob = new Blob(length, Blob.Of(Data).Root) }, "are no part of");

    [Fact]
    public void Verify_NoBytes_OnlyWithTheRootOfNone()
    {
        var proof = BlobProofs.Of(default, 0, 0);

        Fails(proof with { Blob = new Blob(0, default) }, "A blob without bytes has another root");
        Fails(proof with { Length = 1 }, "are no part of");
        Fails(proof with { Chunks = [new BlobChunk(0, default, [])] }, "The range touches 0 chunks, 1 are given");
    }

    private static BlobProof Middle() => BlobProofs.Of(Data, (2 * Chunk) + 5, 2 * Chunk);

    private static void Fails(BlobProof proof, string problem)
    {
        Assert.False(proof.Verify(out var found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }
}
