using System.Text;

namespace Ailee.Vcp.Core.Tests.Bundles;

/// <summary>Tars made byte by byte, as hostile as a test wants them.</summary>
internal static class RawTar
{
    public const int Block = 512;

    /// <summary>Two blocks of zeros.</summary>
    public static byte[] End { get; } = new byte[2 * Block];

    /// <summary>A whole tar of entries.</summary>
    public static byte[] Of(params byte[][] entries) => [.. entries.SelectMany(entry => entry), .. End];

    public static byte[] File(string name, string content = "") => Entry('0', Encoding.UTF8.GetBytes(name), content: Encoding.UTF8.GetBytes(content));

    public static byte[] Directory(string name) => Entry('5', Encoding.UTF8.GetBytes(name));

    public static byte[] Symlink(string name, string target) => Entry('2', Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(target));

    public static byte[] HardLink(string name, string target) => Entry('1', Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(target));

    /// <summary>A pax header for the entry that follows.</summary>
    public static byte[] Pax(params (string Key, string Value)[] records) =>
        Entry('x', "pax"u8.ToArray(), content: [.. records.SelectMany(record => Record(record.Key, Encoding.UTF8.GetBytes(record.Value)))]);

    public static byte[] Record(string key, byte[] value)
    {
        var rest = key.Length + value.Length + 3;
        var length = Enumerable.Range(1, 9).Select(digits => rest + digits).First(whole => whole - rest == $"{whole}".Length);
        return [.. Encoding.UTF8.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    /// <summary>GNU's header for a name ('L') or target ('K') of any length.</summary>
    public static byte[] Gnu(char type, string text) => Entry(type, "././@LongLink"u8.ToArray(), content: [.. Encoding.UTF8.GetBytes(text), 0]);

    public static byte[] Entry(char type, byte[] name, byte[]? link = null, byte[]? content = null, string? size = null, string magic = "ustar\000", byte[]? prefix = null)
    {
        content ??= [];
        var header = new byte[Block];
        name.AsSpan(0, Math.Min(100, name.Length)).CopyTo(header);
        Text(header, 100, "0000644\00000000\00000000\0");
        Text(header, 124, size ?? Convert.ToString(content.Length, 8).PadLeft(11, '0') + "\0");
        Text(header, 136, "00000000000\0");
        header[156] = (byte)type;
        link?.CopyTo(header, 157);
        Text(header, 257, magic);
        prefix?.CopyTo(header, 345);
        return [.. Checked(header), .. content, .. new byte[-content.Length & (Block - 1)]];
    }

    /// <summary>Sets the checksum.</summary>
    public static byte[] Checked(byte[] header)
    {
        Text(header, 148, "        ");
        Text(header, 148, Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ");
        return header;
    }

    private static void Text(byte[] header, int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(header, at);
}
