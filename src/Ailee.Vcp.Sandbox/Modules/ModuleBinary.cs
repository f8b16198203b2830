using System.Buffers;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// The section-level edit that makes a module measurable: its start section is taken out and its start function and memory are
/// exported under reserved names, so that the sandbox can set the meter first and call the start function itself. No code is
/// touched. The module's digest stays that of the original bytes.
/// </summary>
internal static class ModuleBinary
{
    /// <summary>Version of the edit, part of the profile.</summary>
    public const int EditVersion = 1;

    /// <summary>Export name of the start function.</summary>
    public const string StartExport = "vcp:start";

    /// <summary>Export name of the linear memory.</summary>
    public const string MemoryExport = "vcp:memory";

    private const byte TableSection = 4;
    private const uint MaxImportsOrExports = 10_000;
    private const byte ImportSection = 2;
    private const byte MemorySection = 5;
    private const byte ExportSection = 7;
    private const byte StartSection = 8;
    private const byte FunctionKind = 0;
    private const byte MemoryKind = 2;

    private static ReadOnlySpan<byte> Magic => [0x00, 0x61, 0x73, 0x6d];

    private static ReadOnlySpan<byte> VersionOne => [0x01, 0x00, 0x00, 0x00];

    /// <summary>Refuses what is not a core module by its first bytes, in words.</summary>
    /// <exception cref="ModuleException">The header is not that of a version 1 module.</exception>
    public static void CheckHeader(ReadOnlySpan<byte> module)
    {
        if (!module.StartsWith(Magic))
        {
            throw new ModuleException(ModuleException.Invalid, "This is not WebAssembly: it does not start with \\0asm.");
        }

        if (!module[4..].StartsWith(VersionOne))
        {
            throw new ModuleException(ModuleException.Invalid, "Only WebAssembly modules of version 1 are accepted, no components.");
        }
    }

    /// <summary>The edited module; the same bytes if there is nothing to edit.</summary>
    /// <exception cref="ModuleException">The module is malformed or uses a reserved name.</exception>
    public static ReadOnlyMemory<byte> Edit(ReadOnlyMemory<byte> module)
    {
        CheckHeader(module.Span);
        var sections = ReadSections(module.Span);
        var additions = Additions(module.Span, sections);
        if (additions.Count == 0)
        {
            return module;
        }

        var output = new ArrayBufferWriter<byte>(module.Length + 128);
        output.Write(module.Span[..8]);
        var exported = false;
        foreach (var section in sections)
        {
            if (section.Id == ExportSection)
            {
                WriteExports(output, module.Span[section.Content], additions);
                exported = true;
                continue;
            }

            if (!exported && FollowsExports(section.Id))
            {
                WriteExports(output, [0], additions);
                exported = true;
            }

            if (section.Id != StartSection)
            {
                output.Write(module.Span[section.Whole]);
            }
        }

        if (!exported)
        {
            WriteExports(output, [0], additions);
        }

        return output.WrittenMemory;
    }

    /// <summary>How many elements each table of a valid module starts with.</summary>
    public static IReadOnlyList<uint> TableSizes(ReadOnlySpan<byte> module)
    {
        var sizes = new List<uint>();
        foreach (var section in ReadSections(module).Where(section => section.Id == TableSection))
        {
            var reader = new WasmReader(module[section.Content]);
            for (var left = reader.U32(); left > 0; left--)
            {
                // funcref and externref are one byte, or "ref null" and one byte.
                if (reader.Byte() is 0x63 or 0x64)
                {
                    reader.Byte();
                }

                var hasMaximum = (reader.Byte() & 1) != 0;
                sizes.Add(reader.U32());
                if (hasMaximum)
                {
                    reader.U32();
                }
            }
        }

        return sizes;
    }

    // Start 8, element 9, code 10, data 11, data count 12; the tag section (13) stands before exports, custom (0) anywhere.
    private static bool FollowsExports(byte id) => id is >= StartSection and <= 12;

    private static List<Section> ReadSections(ReadOnlySpan<byte> module)
    {
        var sections = new List<Section>();
        var reader = new WasmReader(module);
        reader.Bytes(8);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var id = reader.Byte();
            var length = reader.U32();
            var content = reader.Position;
            reader.Bytes(length);
            sections.Add(new Section(id, start..reader.Position, content..reader.Position));
        }

        return sections;
    }

    private static List<(string Name, byte Kind, uint Index)> Additions(ReadOnlySpan<byte> module, List<Section> sections)
    {
        var additions = new List<(string, byte, uint)>();
        foreach (var section in sections)
        {
            var reader = new WasmReader(module[section.Content]);
            switch (section.Id)
            {
                case MemorySection when reader.U32() > 0:
                    additions.Add((MemoryExport, MemoryKind, 0));
                    break;
                case StartSection:
                    additions.Add((StartExport, FunctionKind, reader.U32()));
                    break;
                case ImportSection:
                    RefuseTooMany(reader.U32(), "imports");
                    break;
                case ExportSection:
                    RefuseReservedNames(reader);
                    break;
            }
        }

        return additions;
    }

    // The engine and this program keep a description of each, a hundred times the size of its bytes.
    private static void RefuseTooMany(uint count, string what)
    {
        if (count > MaxImportsOrExports)
        {
            throw new ModuleException(ModuleException.TooDemanding, $"The module has {count} {what}; the limit is {MaxImportsOrExports}.");
        }
    }

    private static void RefuseReservedNames(WasmReader reader)
    {
        var count = reader.U32();
        RefuseTooMany(count, "exports");
        for (var left = count; left > 0; left--)
        {
            var name = reader.Name();
            if (name is StartExport or MemoryExport)
            {
                throw new ModuleException(ModuleException.ReservedExport, $"The export name '{name}' is reserved.");
            }

            reader.Byte();
            reader.U32();
        }
    }

    private static void WriteExports(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> content, List<(string Name, byte Kind, uint Index)> additions)
    {
        var reader = new WasmReader(content);
        var count = reader.U32();
        var section = new ArrayBufferWriter<byte>(content.Length + 64);
        WriteU32(section, count + (uint)additions.Count);
        section.Write(content[reader.Position..]);
        foreach (var (name, kind, index) in additions)
        {
            WriteU32(section, (uint)name.Length);
            section.Write(System.Text.Encoding.ASCII.GetBytes(name));
            section.Write([kind]);
            WriteU32(section, index);
        }

        output.Write([ExportSection]);
        WriteU32(output, (uint)section.WrittenCount);
        output.Write(section.WrittenSpan);
    }

    private static void WriteU32(ArrayBufferWriter<byte> output, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.Write([(byte)(value | 0x80)]);
        }

        output.Write([(byte)value]);
    }

    private readonly record struct Section(byte Id, Range Whole, Range Content);
}
