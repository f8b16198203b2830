using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Trace;

/// <summary>
/// The bytes of a host call's record and of the head of a block, written by hand: the guest waits while its calls are recorded, and
/// a general CBOR writer takes several times as long.
/// </summary>
internal static class TraceRecord
{
    /// <summary>Room for the longest head of a block: <c>[1, [4096 records</c>.</summary>
    public const int BlockHeadBytes = 5;

    private const int LongestHead = 9;
    private const int ByteStringOf32 = 0x58;
    private const int MajorUnsigned = 0;
    private const int MajorNegative = 1;
    private const int MajorText = 3;
    private const int MajorArray = 4;
    private const byte Null = 0xf6;

    /// <summary>More than a record can take.</summary>
    public static int MaxBytes(string name, int arguments) =>
        Digest.SizeBytes + Encoding.UTF8.GetMaxByteCount(name.Length) + ((6 + arguments) * LongestHead);

    /// <summary>Writes <c>[name, [argument…], errno, moved, instructions]</c> and returns its length.</summary>
    public static int Write(Span<byte> destination, string name, ReadOnlySpan<ulong> arguments, int errno, Digest? moved, long instructions)
    {
        var length = WriteHead(destination, MajorArray, 5);
        length += WriteHead(destination[length..], MajorText, (ulong)Encoding.UTF8.GetByteCount(name));
        length += Encoding.UTF8.GetBytes(name, destination[length..]);
        length += WriteHead(destination[length..], MajorArray, (ulong)arguments.Length);
        foreach (var argument in arguments)
        {
            length += WriteHead(destination[length..], MajorUnsigned, argument);
        }

        length += WriteInteger(destination[length..], errno);
        if (moved is { } digest)
        {
            (destination[length], destination[length + 1]) = (ByteStringOf32, Digest.SizeBytes);
            digest.CopyTo(destination[(length + 2)..]);
            length += 2 + Digest.SizeBytes;
        }
        else
        {
            destination[length++] = Null;
        }

        return length + WriteInteger(destination[length..], instructions);
    }

    /// <summary>Writes <c>[1, [</c> so that it ends at <see cref="BlockHeadBytes"/>, and returns where it starts.</summary>
    public static int WriteBlockHead(Span<byte> block, int records)
    {
        Span<byte> head = stackalloc byte[LongestHead];
        var length = WriteHead(head, MajorArray, (ulong)records);
        var start = BlockHeadBytes - 2 - length;
        (block[start], block[start + 1]) = ((MajorArray << 5) | 2, 1);
        head[..length].CopyTo(block[(start + 2)..]);
        return start;
    }

    private static int WriteInteger(Span<byte> destination, long value) =>
        value < 0 ? WriteHead(destination, MajorNegative, (ulong)~value) : WriteHead(destination, MajorUnsigned, (ulong)value);

    // The shortest form, as RFC 8949 §4.2.1 asks.
    private static int WriteHead(Span<byte> destination, int major, ulong value)
    {
        var type = major << 5;
        switch (value)
        {
            case < 24:
                destination[0] = (byte)(type | (int)value);
                return 1;
            case <= byte.MaxValue:
                (destination[0], destination[1]) = ((byte)(type | 24), (byte)value);
                return 2;
            case <= ushort.MaxValue:
                destination[0] = (byte)(type | 25);
                BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
                return 3;
            case <= uint.MaxValue:
                destination[0] = (byte)(type | 26);
                BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)value);
                return 5;
            default:
                destination[0] = (byte)(type | 27);
                BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value);
                return 9;
        }
    }
}
