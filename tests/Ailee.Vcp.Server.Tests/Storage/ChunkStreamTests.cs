using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tests.Storage;

public sealed class ChunkStreamTests
{
    private const int Length = (2 * ChunkStream.ChunkBytes) + 3;

    private readonly List<long> _read = [];

    [Fact]
    public void Read_AfterSeek_OnlyTheChunkThatIsAskedFor()
    {
        using var stream = Open();

        stream.Seek(ChunkStream.ChunkBytes + 5, SeekOrigin.Begin);
        Assert.Equal(1, stream.ReadByte());
        stream.Seek(-2, SeekOrigin.Current);
        Assert.Equal(1, stream.ReadByte());

        Assert.Equal([1], _read);
        Assert.Equal(ChunkStream.ChunkBytes + 5, stream.Position);
    }

    [Fact]
    public void Read_WholeStream_EveryChunkOnce()
    {
        using var stream = Open();
        using var copy = new MemoryStream();

        stream.CopyTo(copy);

        Assert.Equal([0, 1, 2], _read);
        Assert.Equal([0, 0, 1, 1, 2, 2, 2], Bytes(copy, 0, ChunkStream.ChunkBytes - 1, ChunkStream.ChunkBytes, (2 * ChunkStream.ChunkBytes) - 1, Length - 3, Length - 2, Length - 1));
        Assert.Equal(Length, copy.Length);
    }

    [Fact]
    public void Read_AtOrBehindTheEnd_Nothing()
    {
        using var stream = Open();

        stream.Seek(0, SeekOrigin.End);
        Assert.Equal(-1, stream.ReadByte());
        stream.Position = long.MaxValue;
        Assert.Equal(-1, stream.ReadByte());

        Assert.Empty(_read);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(-1, SeekOrigin.Begin));
    }

    [Fact]
    public void Read_ChunkGone_Throws()
    {
        using var stream = new ChunkStream(_ => null, 1);

        Assert.Throws<IOException>(() => stream.ReadByte());
    }

    private static IEnumerable<byte> Bytes(MemoryStream stream, params int[] at) => at.Select(index => stream.GetBuffer()[index]);

    // Every byte is the number of its chunk.
    private ChunkStream Open() => new(
        number =>
        {
            _read.Add(number);
            var chunk = new byte[Math.Min(ChunkStream.ChunkBytes, Length - (number * ChunkStream.ChunkBytes))];
            chunk.AsSpan().Fill((byte)number);
            return chunk;
        },
        Length);
}
