namespace Ailee.Vcp.Core.Bundles;

/// <summary>One 512-byte header of a tar (POSIX.1-1988 ustar, GNU and pax).</summary>
internal readonly ref struct TarHeader
{
    public const int BlockBytes = 512;

    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;

    private readonly ReadOnlySpan<byte> _block;

    private TarHeader(ReadOnlySpan<byte> block, long size)
    {
        _block = block;
        Size = size;
    }

    /// <summary>Bytes that follow, without padding.</summary>
    public long Size { get; }

    public byte Type => _block[156];

    public ReadOnlySpan<byte> LinkName => Field(157, 100);

    /// <exception cref="BundleException">The block is no header.</exception>
    public static TarHeader Read(ReadOnlySpan<byte> block)
    {
        var (unsigned, signed) = (0L, 0L);
        for (var i = 0; i < BlockBytes; i++)
        {
            var value = i is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? (byte)' ' : block[i];
            unsigned += value;
            // Old writers added signed characters.
            signed += (sbyte)value;
        }

        var checksum = Number(block.Slice(ChecksumAt, ChecksumBytes));
        return (checksum == unsigned || checksum == signed) && Number(block.Slice(124, 12)) is { } size and >= 0
            ? new TarHeader(block, size)
            : throw new BundleException(BundleCodes.Invalid, "It is no tar, or a damaged one: a header's checksum or size is wrong.");
    }

    /// <summary>The name; ustar puts the start of long ones into a field of its own, which GNU's format uses otherwise.</summary>
    public byte[] Name()
    {
        var name = Field(0, 100);
        var prefix = Field(345, 155);
        return _block.Slice(257, 6).SequenceEqual("ustar\0"u8) && !prefix.IsEmpty ? [.. prefix, (byte)'/', .. name] : name.ToArray();
    }

    private ReadOnlySpan<byte> Field(int at, int length)
    {
        var field = _block.Slice(at, length);
        return field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;
    }

    /// <summary>Octal digits within spaces and NUL, or GNU's base 256; null for anything else.</summary>
    private static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return Binary(field);
        }

        var value = 0L;
        var digits = field.Trim("\0 "u8);
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return value;
    }

    private static long? Binary(ReadOnlySpan<byte> field)
    {
        var value = (long)(field[0] & 0x7f);
        foreach (var next in field[1..])
        {
            if (value > long.MaxValue >> 8)
            {
                return null;
            }

            value = (value << 8) | next;
        }

        return value;
    }
}
