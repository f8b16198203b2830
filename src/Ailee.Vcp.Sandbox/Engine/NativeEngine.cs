using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// What the loaded native library says of itself. Its C interface has no call for that; but a compiled module, which is an ELF file, begins
/// its section <c>.wasmtime.engine</c> with a format byte and the major version as text with its length, and the library refuses modules of another.
/// </summary>
internal static class NativeEngine
{
    private const int FileHeaderBytes = 64;
    private const int SectionHeaderBytes = 64;

    /// <summary>The major version; null if it cannot be read.</summary>
    public static int? Major(global::Wasmtime.Engine engine)
    {
        ReadOnlySpan<byte> empty = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
        using var module = Module.FromBytes(engine, "version", empty);
        return MajorOf(module.Serialize());
    }

    /// <summary>The major version in a compiled module; null if there is none.</summary>
    public static int? MajorOf(ReadOnlySpan<byte> compiled)
    {
        var section = Section(compiled, ".wasmtime.engine"u8);
        return section.Length > 2 && section[0] == 0 && section[1] < section.Length - 1
            && int.TryParse(Encoding.ASCII.GetString(section.Slice(2, section[1])).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : null;
    }

    // ELF64, little endian, as it is on every platform that there is a library for.
    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> file, ReadOnlySpan<byte> wanted)
    {
        if (file.Length < FileHeaderBytes || !file.StartsWith("\u007fELF"u8))
        {
            return default;
        }

        var (table, count, names) = (BinaryPrimitives.ReadInt64LittleEndian(file[40..]), BinaryPrimitives.ReadUInt16LittleEndian(file[60..]), BinaryPrimitives.ReadUInt16LittleEndian(file[62..]));
        if (table < 0 || table > file.Length - ((long)count * SectionHeaderBytes) || names >= count)
        {
            return default;
        }

        var headers = file.Slice((int)table, count * SectionHeaderBytes);
        var strings = Content(file, headers[(names * SectionHeaderBytes)..]);
        for (var at = 0; at < headers.Length; at += SectionHeaderBytes)
        {
            var name = BinaryPrimitives.ReadUInt32LittleEndian(headers[at..]);
            if (name < strings.Length && strings[(int)name..].StartsWith(wanted) && strings[(int)name..].Length > wanted.Length && strings[(int)name + wanted.Length] == 0)
            {
                return Content(file, headers[at..]);
            }
        }

        return default;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file, ReadOnlySpan<byte> header)
    {
        var (offset, size) = (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), BinaryPrimitives.ReadUInt64LittleEndian(header[32..]));
        return offset <= (ulong)file.Length && size <= (ulong)file.Length - offset ? file.Slice((int)offset, (int)size) : default;
    }
}
