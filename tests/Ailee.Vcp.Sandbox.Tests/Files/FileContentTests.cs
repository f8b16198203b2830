using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class FileContentTests
{
    private const int Chunk = 64 * 1024;

    private readonly ScratchQuota _quota = new(1 << 20, 10);

    [Fact]
    public void Create_Fresh_IsEmptyScratch()
    {
        var content = FileContent.Create(_quota);

        Assert.True(content.IsScratch);
        Assert.Equal(0, content.SizeBytes);
        Assert.Empty(content.ToArray());
        Assert.Equal(0, _quota.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData((2 * Chunk) - 3)]
    [InlineData(5 * Chunk)]
    public void Write_BeyondTheEnd_LeavesAHoleOfZerosThatIsCharged(int offset)
    {
        var content = FileContent.Create(_quota);

        var errno = content.Write((ulong)offset, Bytes(7));

        Assert.Equal(Errno.Success, (int)errno);
        Assert.Equal([.. new byte[offset], .. Bytes(7)], content.ToArray());
        Assert.Equal(offset + 7, _quota.Bytes);
    }

    // Scratch is charged by size, so what is cut off must not stay in memory: a guest could do it to thousands of files.
    [Theory]
    [InlineData(Chunk, 1, 256)]
    [InlineData(Chunk, 1000, 2000)]
    [InlineData(Chunk, (Chunk / 2) + 1, Chunk)]
    [InlineData(3 * Chunk, 1, 256)]
    [InlineData(3 * Chunk, Chunk + 1, 2 * Chunk)]
    [InlineData(1, 0, 0)]
    public void Resize_CutOff_HoldsNoMoreThanTwiceTheSize(int written, int size, long held)
    {
        var content = FileContent.Create(_quota);
        content.Write(0, Bytes(written));

        content.Resize((ulong)size);

        Assert.InRange(content.HeldBytes, 0, held);
        Assert.Equal(Bytes(written)[..size], content.ToArray());
        content.Resize((ulong)written);
        Assert.Equal([.. Bytes(written)[..size], .. new byte[written - size]], content.ToArray());
        content.Write((ulong)size, Bytes(3));
        Assert.Equal([.. Bytes(written)[..size], .. Bytes(3)], content.ToArray()[..(size + 3)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    public void Write_InPieces_IsTheSameAsAtOnce(int piece)
    {
        var expected = Bytes((2 * Chunk) + 10);
        var content = FileContent.Create(_quota);

        for (var from = 0; from < expected.Length; from += piece)
        {
            content.Write((ulong)from, expected.AsSpan(from, Math.Min(piece, expected.Length - from)));
        }

        Assert.Equal(expected, content.ToArray());
        Assert.Equal(expected.Length, _quota.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(2 * Chunk)]
    public void Resize_SmallerThenLarger_ComesBackAsZeros(int cut)
    {
        var content = FileContent.Create(_quota);
        var bytes = Bytes((2 * Chunk) + 100);
        content.Write(0, bytes);

        content.Resize((ulong)cut);
        Assert.Equal(cut, _quota.Bytes);
        content.Resize((ulong)bytes.Length + 5);

        Assert.Equal([.. bytes[..cut], .. new byte[bytes.Length + 5 - cut]], content.ToArray());
        Assert.Equal(bytes.Length + 5, _quota.Bytes);
    }

    [Fact]
    public void Resize_SmallerThenWriteBehindTheGap_GapIsZeros()
    {
        var content = FileContent.Create(_quota);
        content.Write(0, Bytes(200));

        content.Resize(10);
        content.Write(50, Bytes(3));

        Assert.Equal([.. Bytes(10), .. new byte[40], .. Bytes(3)], content.ToArray());
    }

    [Theory]
    [InlineData(0, 10, 10)]
    [InlineData(5, 10, 5)]
    [InlineData(9, 1, 1)]
    [InlineData(10, 10, 0)]
    [InlineData(11, 10, 0)]
    [InlineData(long.MaxValue, 10, 0)]
    [InlineData(ulong.MaxValue, 10, 0)]
    public void Read_AnyOffset_GivesWhatThereIs(ulong offset, int length, int count)
    {
        foreach (var content in new[] { Scratch(Bytes(10)), new FileContent(Bytes(10), _quota) })
        {
            var destination = new byte[length];

            var read = content.Read(offset, destination);

            Assert.Equal(count, read);
            Assert.Equal([.. count == 0 ? [] : Bytes(10)[(int)offset..], .. new byte[length - count]], destination);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1ul << 63)]
    [InlineData(ulong.MaxValue)]
    public void Write_BeyondTheLargestSize_TooLargeAndUnchanged(ulong offset)
    {
        var content = Scratch(Bytes(10));

        var errno = content.Write(offset, Bytes(1));

        Assert.Equal(Errno.FileTooLarge, (int)errno);
        Assert.Equal(Bytes(10), content.ToArray());
        Assert.Equal(Errno.FileTooLarge, (int)content.Resize((ulong)long.MaxValue + 1));
    }

    [Theory]
    [InlineData((1 << 20) - 10)]
    [InlineData(long.MaxValue - 1)]
    public void Write_HugeOffset_NoSpaceAndUnchanged(long offset)
    {
        var content = Scratch(Bytes(10));

        var errno = content.Write((ulong)offset, Bytes(11));

        Assert.Equal(offset == (1 << 20) - 10 ? Errno.NoSpace : Errno.FileTooLarge, (int)errno);
        Assert.Equal(Errno.NoSpace, (int)content.Resize(long.MaxValue));
        Assert.Equal(Bytes(10), content.ToArray());
        Assert.Equal(10, _quota.Bytes);
    }

    [Fact]
    public void Write_QuotaExactlyUsed_FitsAndTheNextByteDoesNot()
    {
        var quota = new ScratchQuota(100, 1);
        var content = FileContent.Create(quota);

        Assert.Equal(Errno.Success, (int)content.Write(40, Bytes(60)));
        Assert.Equal(Errno.Success, (int)content.Write(0, Bytes(100)));
        Assert.Equal(Errno.NoSpace, (int)content.Write(100, Bytes(1)));
        Assert.Equal(Errno.NoSpace, (int)content.Write(99, Bytes(2)));

        Assert.Equal(Bytes(100), content.ToArray());
        Assert.Equal(100, quota.Bytes);
    }

    [Fact]
    public void Write_OverTheBundle_CopiesItAndLeavesItsBytes()
    {
        var bundled = Bytes(Chunk + 50);
        var content = new FileContent(bundled, _quota);
        Assert.False(content.IsScratch);
        Assert.Equal(0, _quota.Bytes);

        content.Write(Chunk - 1, "xyz"u8);

        Assert.True(content.IsScratch);
        Assert.Equal([.. Bytes(Chunk + 50)[..(Chunk - 1)], .. "xyz"u8, .. Bytes(Chunk + 50)[(Chunk + 2)..]], content.ToArray());
        Assert.Equal(Bytes(Chunk + 50), bundled);
        Assert.Equal(bundled.Length, _quota.Bytes);
    }

    [Fact]
    public void Write_NothingOverTheBundle_StaysTheBundles()
    {
        var content = new FileContent(Bytes(10), _quota);

        var errno = content.Write(5, []);

        Assert.Equal(Errno.Success, (int)errno);
        Assert.False(content.IsScratch);
        Assert.Equal(0, _quota.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(20)]
    public void Resize_OfTheBundle_CopiesWhatIsKept(int size)
    {
        var bundled = Bytes(10);
        var content = new FileContent(bundled, _quota);

        content.Resize((ulong)size);

        Assert.Equal([.. Bytes(10)[..Math.Min(size, 10)], .. new byte[Math.Max(0, size - 10)]], content.ToArray());
        Assert.Equal(Bytes(10), bundled);
        Assert.Equal(size, _quota.Bytes);
    }

    [Fact]
    public void Write_OverTheBundleWithoutSpaceForAllOfIt_StaysTheBundles()
    {
        var quota = new ScratchQuota(9, 1);
        var content = new FileContent(Bytes(10), quota);

        var errno = content.Write(0, "x"u8);

        Assert.Equal(Errno.NoSpace, (int)errno);
        Assert.False(content.IsScratch);
        Assert.Equal(Bytes(10), content.ToArray());
        Assert.Equal(0, quota.Bytes);
    }

    [Fact]
    public void Free_Twice_GivesTheBytesBackOnce()
    {
        var content = Scratch(Bytes(10));
        Scratch(Bytes(5));

        content.Free();
        content.Free();

        Assert.Equal(5, _quota.Bytes);
        Assert.Empty(content.ToArray());
    }

    [Fact]
    public void Free_OfTheBundle_GivesNothingBack()
    {
        Scratch(Bytes(5));

        new FileContent(Bytes(10), _quota).Free();

        Assert.Equal(5, _quota.Bytes);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) + 1))];

    private FileContent Scratch(byte[] bytes)
    {
        var content = FileContent.Create(_quota);
        content.Write(0, bytes);
        return content;
    }
}
