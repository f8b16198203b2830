using System.Buffers.Binary;
using System.Text.Unicode;

namespace Ailee.Vcp.Core.Cbor;

/// <summary>
/// Checks that bytes are exactly one item in the core deterministic encoding of RFC 8949 §4.2.1: shortest integers, definite
/// lengths, map keys strictly ascending bytewise. Floats and undefined are refused: no format here has them. .NET's own
/// canonical mode orders keys by length first (the older §4.2.3) and so cannot be used.
/// </summary>
public static class DeterministicCbor
{
    private const int MaxDepth = 16;

    /// <summary>Null if <paramref name="data"/> is one deterministic item and nothing else.</summary>
    public static CborFault? Check(ReadOnlySpan<byte> data)
    {
        try
        {
            var end = SkipItem(data, 0, 0);
            return end == data.Length ? null : new CborFault(CborFaultKind.TrailingBytes, $"{data.Length - end} bytes follow the item.");
        }
        catch (CborShapeException exception)
        {
            return exception.Fault;
        }
    }

    /// <summary>Length of the deterministic item with which <paramref name="data"/> begins, whatever follows it; null with a fault if there is none.</summary>
    public static int? FirstItem(ReadOnlySpan<byte> data, out CborFault? fault)
    {
        try
        {
            fault = null;
            return SkipItem(data, 0, 0);
        }
        catch (CborShapeException exception)
        {
            fault = exception.Fault;
            return null;
        }
    }

    private static int SkipItem(ReadOnlySpan<byte> data, int offset, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Fault(CborFaultKind.Malformed, $"Items are nested deeper than {MaxDepth}.");
        }

        var major = Byte(data, offset) >> 5;
        var (value, next) = ReadHead(data, offset);
        switch (major)
        {
            case 0 or 1:
                return next;
            case 2 or 3:
                var content = Slice(data, next, value);
                if (major == 3 && !Utf8.IsValid(content))
                {
                    throw Fault(CborFaultKind.Malformed, "A text string is not UTF-8.");
                }

                return next + content.Length;
            case 4:
                for (ulong i = 0; i < value; i++)
                {
                    next = SkipItem(data, next, depth + 1);
                }

                return next;
            case 5:
                return SkipMap(data, next, value, depth);
            case 6:
                return SkipItem(data, next, depth + 1);
            default:
                if (value < 32 && next == offset + 2)
                {
                    throw Fault(CborFaultKind.Malformed, "A simple value below 32 is written in two bytes (RFC 8949 §3.3).");
                }

                // 20, 21, 22 are false, true, null. 24 and above are longer simple values or floats.
                return value is >= 20 and <= 22 && next == offset + 1
                    ? next
                    : throw Fault(CborFaultKind.NotDeterministic, "Floats, undefined and other simple values are not allowed.");
        }
    }

    private static int SkipMap(ReadOnlySpan<byte> data, int next, ulong pairs, int depth)
    {
        var previous = ReadOnlySpan<byte>.Empty;
        for (ulong i = 0; i < pairs; i++)
        {
            var keyEnd = SkipItem(data, next, depth + 1);
            var key = data[next..keyEnd];
            if (i > 0 && previous.SequenceCompareTo(key) >= 0)
            {
                throw Fault(CborFaultKind.NotDeterministic, "Map keys are not strictly ascending.");
            }

            previous = key;
            next = SkipItem(data, keyEnd, depth + 1);
        }

        return next;
    }

    private static (ulong Value, int Next) ReadHead(ReadOnlySpan<byte> data, int offset)
    {
        var info = Byte(data, offset) & 0x1f;
        if (info < 24)
        {
            return ((ulong)info, offset + 1);
        }

        if (info > 27)
        {
            // Only strings, arrays and maps have an indefinite form (RFC 8949 §3.2); a break alone is no item.
            throw info == 31 && Byte(data, offset) >> 5 is >= 2 and <= 5
                ? Fault(CborFaultKind.NotDeterministic, "Indefinite lengths are not allowed.")
                : Fault(CborFaultKind.Malformed, "A reserved length code or a stray break is used.");
        }

        var width = 1 << (info - 24);
        var bytes = Slice(data, offset + 1, (ulong)width);
        ulong value = width switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
        var smallest = width switch { 1 => 24ul, 2 => 1ul << 8, 4 => 1ul << 16, _ => 1ul << 32 };
        // Major type 7 uses these widths for floats; the caller refuses them by name.
        if (value < smallest && Byte(data, offset) >> 5 != 7)
        {
            throw Fault(CborFaultKind.NotDeterministic, "A number or length is not in its shortest form.");
        }

        return (value, offset + 1 + width);
    }

    private static byte Byte(ReadOnlySpan<byte> data, int offset) =>
        offset < data.Length ? data[offset] : throw Fault(CborFaultKind.Truncated, "The bytes end inside an item.");

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> data, int offset, ulong length) =>
        length <= (ulong)(data.Length - offset)
            ? data.Slice(offset, (int)length)
            : throw Fault(CborFaultKind.Truncated, "The bytes end inside an item.");

    private static CborShapeException Fault(CborFaultKind kind, string detail) => new(new CborFault(kind, detail));
}
