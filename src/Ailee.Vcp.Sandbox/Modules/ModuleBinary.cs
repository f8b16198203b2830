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

    private const byte FunctionKind = 0;
    private const byte MemoryKind = 2;

    private static ReadOnlySpan<byte> Magic => [0x00, 0x61, 0x73, 0x6d];

    private static ReadOnlySpan<byte> VersionOne => [0x01, 0x00, 0x00, 0x00];

    // Version 13 of layer 1.
    private static ReadOnlySpan<byte> ComponentVersion => [0x0d, 0x00, 0x01, 0x00];

    /// <summary>Refuses what is not a core module by its first bytes, in words.</summary>
    /// <exception cref="ModuleException">The header is not that of a version 1 module.</exception>
    public static void CheckHeader(ReadOnlySpan<byte> module)
    {
        if (!module.StartsWith(Magic))
        {
            throw new ModuleException(ModuleException.Invalid, "This is not WebAssembly: it does not start with \\0asm.");
        }

        if (module[4..].StartsWith(ComponentVersion))
        {
            throw new ModuleException(ModuleException.Needs("components"), "This is a component; only core modules are accepted.");
        }

        if (!module[4..].StartsWith(VersionOne))
        {
            throw new ModuleException(ModuleException.Invalid, "Only WebAssembly modules of version 1 are accepted.");
        }
    }

    /// <summary>The edited module; the same bytes if there is nothing to edit.</summary>
    /// <exception cref="ModuleException">The module is malformed or uses a reserved name.</exception>
    public static ReadOnlyMemory<byte> Edit(ReadOnlyMemory<byte> module)
    {
        CheckHeader(module.Span);
        var sections = ModuleSection.ReadAll(module.Span);
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
            if (section.Id == ModuleSection.Export)
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

            if (section.Id != ModuleSection.Start)
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

    // Start 8, element 9, code 10, data 11, data count 12; the tag section (13) stands before exports, custom (0) anywhere.
    private static bool FollowsExports(byte id) => id is >= ModuleSection.Start and <= ModuleSection.DataCount;

    private static List<(string Name, byte Kind, uint Index)> Additions(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        var additions = new List<(string, byte, uint)>();
        foreach (var section in sections)
        {
            var reader = new WasmReader(module[section.Content]);
            switch (section.Id)
            {
                case ModuleSection.Memory when reader.U32() > 0:
                    additions.Add((MemoryExport, MemoryKind, 0));
                    break;
                case ModuleSection.Start:
                    additions.Add((StartExport, FunctionKind, reader.U32()));
                    break;
                case ModuleSection.Export:
                    RefuseReservedNames(reader);
                    break;
            }
        }

        return additions;
    }

    private static void RefuseReservedNames(WasmReader reader)
    {
        for (var left = reader.U32(); left > 0; left--)
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

        output.Write([ModuleSection.Export]);
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
}
