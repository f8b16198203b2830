using System.Buffers.Binary;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Deterministic CBOR taken apart, also within byte strings that hold CBOR, so that it can be put together again with right lengths
/// after a change.
/// </summary>
internal sealed class CborTree
{
    public required int Major { get; set; }

    /// <summary>The number, for types without content.</summary>
    public ulong Value { get; set; }

    /// <summary>Content of a string that holds no CBOR.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>Items of an array, keys and values of a map, what is tagged, or what is encoded in a byte string.</summary>
    public List<CborTree> Items { get; private init; } = [];

    public static CborTree? TryRead(ReadOnlySpan<byte> data) => TryRead(ref data) is { } tree && data.IsEmpty ? tree : null;

    public CborTree Copy() => new() { Major = Major, Value = Value, Content = [.. Content], Items = [.. Items.Select(item => item.Copy())] };

    /// <summary>This and all below, in order.</summary>
    public IEnumerable<CborTree> All() => Items.SelectMany(item => item.All()).Prepend(this);

    public byte[] ToArray()
    {
        byte[] content = Items.Count == 0 ? Content : [.. Items.SelectMany(item => item.ToArray())];
        return Major switch
        {
            2 or 3 => [.. Head((ulong)content.Length), .. content],
            4 => [.. Head((ulong)Items.Count), .. content],
            5 => [.. Head((ulong)Items.Count / 2), .. content],
            6 => [.. Head(Value), .. content],
            _ => Head(Value),
        };
    }

    private byte[] Head(ulong value)
    {
        var bytes = new byte[9];
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), value);
        var (code, width) = value switch
        {
            < 24 => ((int)value, 0),
            <= byte.MaxValue => (24, 1),
            <= ushort.MaxValue => (25, 2),
            <= uint.MaxValue => (26, 4),
            _ => (27, 8),
        };
        return [(byte)((Major << 5) | code), .. bytes.AsSpan(9 - width)];
    }

    private static CborTree? TryRead(ref ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || (data[0] & 31) > 27)
        {
            return null;
        }

        var (major, code) = (data[0] >> 5, data[0] & 31);
        var width = code < 24 ? 0 : 1 << (code - 24);
        if (data.Length <= width)
        {
            return null;
        }

        ulong value = code < 24 ? (ulong)code : 0;
        foreach (var one in data.Slice(1, width))
        {
            value = (value << 8) | one;
        }

        data = data[(1 + width)..];
        var tree = new CborTree { Major = major, Value = value };
        if (major is 2 or 3)
        {
            if (value > (ulong)data.Length)
            {
                return null;
            }

            tree.Content = data[..(int)value].ToArray();
            data = data[(int)value..];
            // Headers, payloads, proofs and receipts are CBOR in a byte string; a hash hardly ever is.
            if (major == 2 && tree.Content.Length > 0 && tree.Content[0] is >= 0x81 and <= 0xb7 or 0xd2 && TryRead(tree.Content) is { } inner)
            {
                tree.Items.Add(inner);
            }

            return tree;
        }

        var count = major switch { 4 => value, 5 => value * 2, 6 => 1ul, _ => 0ul };
        for (; count > 0; count--)
        {
            if (TryRead(ref data) is not { } item)
            {
                return null;
            }

            tree.Items.Add(item);
        }

        return tree;
    }
}
