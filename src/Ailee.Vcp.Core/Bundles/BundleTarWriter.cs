using System.Globalization;
using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>
/// Writes the canonical tar (docs/design/bundle.md): the same tree gives the same bytes. ustar, with a pax header for a name or
/// target of more than 100 bytes.
/// </summary>
public static class BundleTarWriter
{
    private const int NameBytes = 100;
    private const int FileMode = 0b110_100_100;
    private const int DirectoryMode = 0b111_101_101;
    private const int SymlinkMode = 0b111_111_111;

    private static readonly byte[] Zeros = new byte[2 * TarHeader.BlockBytes];

    /// <summary>The pieces of the tar, in order, each as long as it happens to be; contents are not copied.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(Bundle bundle)
    {
        foreach (var entry in bundle.Entries)
        {
            yield return Headers(entry.Path, entry.Kind, entry.Content.Length, entry.Target);
            if (!entry.Content.IsEmpty)
            {
                yield return entry.Content;
                yield return Padding(entry.Content.Length);
            }
        }

        yield return End;
    }

    /// <summary>The same bytes in chunks of one size, the last one shorter.</summary>
    public static IEnumerable<byte[]> Chunks(Bundle bundle, int chunkBytes)
    {
        var chunk = new byte[chunkBytes];
        var filled = 0;
        foreach (var piece in Pieces(bundle))
        {
            for (var rest = piece; !rest.IsEmpty;)
            {
                var length = Math.Min(rest.Length, chunkBytes - filled);
                rest[..length].CopyTo(chunk.AsMemory(filled));
                (rest, filled) = (rest[length..], filled + length);
                if (filled == chunkBytes)
                {
                    yield return chunk;
                    (chunk, filled) = (new byte[chunkBytes], 0);
                }
            }
        }

        if (filled > 0)
        {
            yield return chunk[..filled];
        }
    }

    /// <summary>The whole tar.</summary>
    public static byte[] Write(Bundle bundle)
    {
        using var buffer = new MemoryStream();
        foreach (var piece in Pieces(bundle))
        {
            buffer.Write(piece.Span);
        }

        return buffer.ToArray();
    }

    /// <summary>What ends a tar.</summary>
    public static ReadOnlyMemory<byte> End => Zeros;

    /// <summary>What stands before the content of an entry, for whoever has the content elsewhere.</summary>
    public static byte[] Headers(string path, BundleEntryKind kind, long sizeBytes, string? target)
    {
        // As tar programs write them, and so that those which unpack without looking at the type make a directory.
        var name = Encoding.UTF8.GetBytes(kind == BundleEntryKind.Directory ? path + "/" : path);
        var link = Encoding.UTF8.GetBytes(target ?? string.Empty);
        var (type, mode) = kind switch
        {
            BundleEntryKind.Directory => ('5', DirectoryMode),
            BundleEntryKind.Symlink => ('2', SymlinkMode),
            _ => ('0', FileMode),
        };
        var header = Header(Cut(name), Cut(link), type, mode, sizeBytes);
        byte[] records = [.. Record("linkpath", link), .. Record("path", name)];
        return records.Length == 0
            ? header
            : [.. Header("pax"u8, [], 'x', FileMode, records.Length), .. records, .. Padding(records.Length).Span, .. header];
    }

    /// <summary>What stands behind a content.</summary>
    public static ReadOnlyMemory<byte> Padding(long sizeBytes) => Zeros.AsMemory(0, (int)(-sizeBytes & (TarHeader.BlockBytes - 1)));

    private static byte[] Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, char type, int mode, long size)
    {
        var block = new byte[TarHeader.BlockBytes];
        name.CopyTo(block);
        Octal(block.AsSpan(100, 8), mode);
        Octal(block.AsSpan(108, 8), 0);
        Octal(block.AsSpan(116, 8), 0);
        Octal(block.AsSpan(124, 12), size);
        Octal(block.AsSpan(136, 12), 0);
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = (byte)type;
        link.CopyTo(block.AsSpan(157));
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        Octal(block.AsSpan(329, 8), 0);
        Octal(block.AsSpan(337, 8), 0);
        // Six digits, NUL, space: the one field that is spelled differently.
        Octal(block.AsSpan(148, 7), block.Sum(value => (long)value));
        return block;
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var at = field.Length - 2; at >= 0; at--, value >>= 3)
        {
            field[at] = (byte)('0' + (value & 7));
        }

        field[^1] = 0;
    }

    // A name that is too long stands in the pax header; a part of it in the old place tells people what it is.
    private static ReadOnlySpan<byte> Cut(byte[] text) => text.AsSpan(0, Math.Min(text.Length, NameBytes));

    private static byte[] Record(string keyword, byte[] value)
    {
        if (value.Length <= NameBytes)
        {
            return [];
        }

        // The length counts its own digits.
        var rest = keyword.Length + value.Length + 3;
        var length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        return [.. Encoding.UTF8.GetBytes($"{length} {keyword}="), .. value, (byte)'\n'];
    }

}
