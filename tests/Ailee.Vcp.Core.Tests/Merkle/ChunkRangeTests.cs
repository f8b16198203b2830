using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class ChunkRangeTests
{
    private const long Chunk = Blob.ChunkSizeBytes;

    [Theory]
    [InlineData(1, 0, 1, 0, 1)]
    [InlineData(Chunk, 0, Chunk, 0, 1)]
    [InlineData(Chunk + 1, 0, Chunk + 1, 0, 2)]
    [InlineData(Chunk + 1, Chunk, 1, 1, 1)]
    [InlineData(3 * Chunk, Chunk - 1, 2, 0, 2)]
    [InlineData(3 * Chunk, Chunk, Chunk, 1, 1)]
    [InlineData(3 * Chunk, Chunk - 1, Chunk + 2, 0, 3)]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(long.MaxValue, long.MaxValue - 1, 1, (long.MaxValue - 1) / Chunk, 1)]
    [InlineData(long.MaxValue, 0, long.MaxValue, 0, 1L << 47)]
    public void Of_Within_ChunksThatItTouches(long blob, long offset, long length, long first, long count) =>
        Assert.Equal(new ChunkRange(first, count), ChunkRange.Of(blob, offset, length));

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 10, 0)]
    [InlineData(10, 10, 1)]
    [InlineData(10, 0, 11)]
    [InlineData(10, -1, 1)]
    [InlineData(10, 0, -1)]
    [InlineData(10, 1, long.MaxValue)]
    [InlineData(10, long.MaxValue, long.MaxValue)]
    [InlineData(10, long.MinValue, long.MinValue)]
    [InlineData(-1, 0, 0)]
    [InlineData(-1, -1, 0)]
    [InlineData(long.MinValue, 0, 1)]
    public void Of_NotWithin_Null(long blob, long offset, long length) => Assert.Null(ChunkRange.Of(blob, offset, length));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Chunk, 1)]
    [InlineData(Chunk + 1, 2)]
    [InlineData(long.MaxValue, 1L << 47)]
    public void CountOf_Length_Chunks(long length, long count) => Assert.Equal(count, ChunkRange.CountOf(length));

    [Fact]
    public void Of_AnyRange_IsTheChunksOfItsBytes() => Gen.Select(Gen.Int[1, 300_000], Gen.Int[0, 300_000], Gen.Int[1, 300_000]).Sample((blob, offset, length) =>
    {
        var range = ChunkRange.Of(blob, offset, length);

        if (offset + length > blob)
        {
            Assert.Null(range);
            return;
        }

        var touched = Enumerable.Range(offset, length).Select(at => at / Chunk).Distinct().ToList();
        Assert.Equal(new ChunkRange(touched[0], touched.Count), range);
        Assert.Equal(blob, Enumerable.Range(0, (int)ChunkRange.CountOf(blob)).Sum(index => (long)ChunkRange.LengthOf(blob, index)));
    }, iter: 200);
}
