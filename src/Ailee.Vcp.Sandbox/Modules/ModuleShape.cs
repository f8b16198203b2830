namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Reads from the sections of a valid module what the engine does not tell.</summary>
internal static class ModuleShape
{
    private const byte FuncRef = 0x70;
    private const byte ExternRef = 0x6f;
    private const byte NullableReference = 0x63;

    public static List<ModuleMemory> Memories(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        var memories = new List<ModuleMemory>();
        foreach (var section in sections.Where(section => section.Id == ModuleSection.Memory))
        {
            var reader = new WasmReader(module[section.Content]);
            for (var left = reader.U32(); left > 0; left--)
            {
                var (minimum, maximum) = Limits(ref reader);
                memories.Add(new ModuleMemory(minimum, maximum));
            }
        }

        return memories;
    }

    public static List<ModuleTable> Tables(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        var tables = new List<ModuleTable>();
        foreach (var section in sections.Where(section => section.Id == ModuleSection.Table))
        {
            var reader = new WasmReader(module[section.Content]);
            for (var left = reader.U32(); left > 0; left--)
            {
                var type = reader.Byte();
                // funcref and externref are one byte, or "ref null" and that byte.
                type = type == NullableReference ? reader.Byte() : type;
                var (minimum, maximum) = Limits(ref reader);
                tables.Add(new ModuleTable(type switch { FuncRef => "funcref", ExternRef => "externref", _ => "ref" }, minimum, maximum));
            }
        }

        return tables;
    }

    public static List<ModuleCustomSection> CustomSections(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        var custom = new List<ModuleCustomSection>();
        foreach (var section in sections.Where(section => section.Id == ModuleSection.Custom))
        {
            var content = module[section.Content];
            var reader = new WasmReader(content);
            custom.Add(new ModuleCustomSection(reader.Name(), content.Length - reader.Position));
        }

        return custom;
    }

    public static long Functions(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        long count = 0;
        foreach (var section in sections.Where(section => section.Id == ModuleSection.Function))
        {
            count += new WasmReader(module[section.Content]).U32();
        }

        return count;
    }

    private static (long Minimum, long? Maximum) Limits(ref WasmReader reader)
    {
        var hasMaximum = (reader.Byte() & 1) != 0;
        return (reader.U32(), hasMaximum ? reader.U32() : null);
    }
}
