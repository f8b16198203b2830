using System.Buffers.Binary;
using System.Text;

namespace Ailee.Vcp.Core.Tests.Cbor;

/// <summary>CBOR by hand: it writes what it is told, also what no encoder should, and shares nothing with the code under test.</summary>
internal static class RawCbor
{
    public static byte[] False { get; } = [0xf4];

    public static byte[] Null { get; } = [0xf6];

    public static byte[] EmptyMap { get; } = [0xa0];

    /// <summary>A head in its shortest form.</summary>
    public static byte[] Head(int major, ulong value) => Head(major, value, value switch
    {
        < 24 => 0,
        <= byte.MaxValue => 1,
        <= ushort.MaxValue => 2,
        <= uint.MaxValue => 4,
        _ => 8,
    });

    /// <summary>A head whose value takes <paramref name="width"/> bytes (0, 1, 2, 4 or 8) after the first.</summary>
    public static byte[] Head(int major, ulong value, int width)
    {
        if (width == 0)
        {
            return [(byte)((major << 5) | (int)value)];
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        var code = width switch { 1 => 24, 2 => 25, 4 => 26, _ => 27 };
        return [(byte)((major << 5) | code), .. bytes[(8 - width)..]];
    }

    public static byte[] Integer(long value) => value >= 0 ? Head(0, (ulong)value) : Head(1, (ulong)(-1 - value));

    public static byte[] Unsigned(ulong value) => Head(0, value);

    public static byte[] Bytes(ReadOnlySpan<byte> content) => [.. Head(2, (ulong)content.Length), .. content];

    public static byte[] Text(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return [.. Head(3, (ulong)bytes.Length), .. bytes];
    }

    public static byte[] Array(params byte[][] items) => [.. Head(4, (ulong)items.Length), .. items.SelectMany(item => item)];

    /// <summary>A map with its entries in the order given.</summary>
    public static byte[] Map(params (byte[] Key, byte[] Value)[] entries) =>
        [.. Head(5, (ulong)entries.Length), .. entries.SelectMany(entry => entry.Key.Concat(entry.Value))];

    public static byte[] Tag(ulong tag, byte[] item) => [.. Head(6, tag), .. item];

    public static byte[] Double(double value)
    {
        var bytes = new byte[9];
        bytes[0] = 0xfb;
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), value);
        return bytes;
    }
}
