using System.Formats.Tar;
using System.Text;

namespace Ailee.Vcp.Fuzz;

/// <summary>Tars, good and hostile.</summary>
internal static class TarSamples
{
    private const int Block = 512;

    /// <summary>Files, directories and a link in a format; long names where the format has them.</summary>
    public static byte[] Good(TarEntryFormat format)
    {
        using var made = new MemoryStream();
        using (var writer = new TarWriter(made, format, leaveOpen: true))
        {
            var isOld = format == TarEntryFormat.V7;
            writer.WriteEntry(Entry(format, TarEntryType.Directory, "app/"));
            writer.WriteEntry(Entry(format, isOld ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, "app/in.txt", "tide"));
            writer.WriteEntry(Entry(format, isOld ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, isOld ? "b" : string.Concat(Enumerable.Repeat("long-name/", 12)) + "b", new string('x', 700)));
            var link = Entry(format, TarEntryType.SymbolicLink, "app/link");
            link.LinkName = "in.txt";
            writer.WriteEntry(link);
        }

        return made.ToArray();
    }

    /// <summary>Blocks that a good tar may follow, each of which must not be taken, or must do no harm.</summary>
    public static IEnumerable<byte[]> Hostile()
    {
        foreach (var name in (string[])["../x", "/etc/passwd", "a/../../x", "a/./b", "a//b", ".", "..", "", "a\\..\\b", "C:x", "a\0b", "\ud83d\ude00", "con", new('a', 100)])
        {
            yield return Header(name, '0', 4, "body");
        }

        foreach (var target in (string[])["../../x", "/etc", "..", "link", "a/../../..", string.Empty, new('b', 100)])
        {
            yield return Header("link", '2', 0, string.Empty, target);
            yield return Header("link", '1', 0, string.Empty, target);
        }

        // Devices, queues, sparse and multi-volume files of GNU, what nobody knows.
        foreach (var kind in "34567SMVDNxgLK9Z\0")
        {
            yield return Header("x", kind, 5, "12 path=../../x\n");
            yield return Header("x", kind, 1L << 40, string.Empty);
        }

        foreach (var record in (string[])["99999999999999999999 path=x\n", "-1 path=x\n", "0 path=x\n", "5 a\n", "19 path=../../../x\n", "12 size=-99\n", "30 size=9223372036854775807000\n", "22 GNU.sparse.major=1\n", "27 GNU.sparse.realsize=100\n", "20 linkpath=/etc/x/\n", "11 path=\0x\n", "8 path=\n"])
        {
            yield return [.. Header("x", 'x', record.Length, record), .. Header("y", '0', 1, "z")];
            yield return [.. Header("x", 'g', record.Length, record), .. Header("y", '0', 1, "z")];
        }

        // A long name without end, one for a link, and two for one file.
        yield return [.. Header("././@LongLink", 'L', 300, new string('n', 300)), .. Header("././@LongLink", 'L', 300, new string('m', 300)), .. Header("y", '0', 1, "z")];
        yield return [.. Header("././@LongLink", 'K', 300, new string('.', 300)), .. Header("y", '2', 0, string.Empty, "z")];
        // A file, then what is in it; a link, then what is behind it.
        yield return [.. Header("d", '0', 1, "z"), .. Header("d/x", '0', 1, "z")];
        yield return [.. Header("l", '2', 0, string.Empty, "."), .. Header("l/l/l/x", '0', 1, "z")];
        yield return [.. Header("a", '2', 0, string.Empty, "b"), .. Header("b", '2', 0, string.Empty, "a"), .. Header("a/x", '0', 1, "z")];
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name, string? content = null)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        if (content is not null)
        {
            entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        }

        return entry;
    }

    // A header with its checksum, and the content in whole blocks.
    private static byte[] Header(string name, char kind, long size, string content, string target = "")
    {
        var header = new byte[Block];
        Write(0, name, 100);
        Write(100, "0000644\0", 8);
        Write(124, Convert.ToString(size, 8).PadLeft(11, '0'), 11);
        Write(148, "        ", 8);
        header[156] = (byte)kind;
        Write(157, target, 100);
        Write(257, "ustar\0" + "00", 8);
        Write(148, Convert.ToString(header.Sum(one => one), 8).PadLeft(6, '0') + "\0 ", 8);
        var bytes = Encoding.UTF8.GetBytes(content);
        return [.. header, .. bytes, .. new byte[(Block - (bytes.Length % Block)) % Block]];

        void Write(int at, string text, int most) => Encoding.UTF8.GetBytes(text).AsSpan(0, Math.Min(Encoding.UTF8.GetByteCount(text), most)).CopyTo(header.AsSpan(at));
    }
}
