namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// How much of everything a module may have (docs/design/sandbox.md). Compilers stay far below; beyond it a small module would be
/// a large description, or a large load on the engine. Counts are read from the sections, before anything is parsed.
/// </summary>
internal static class ModuleLimits
{
    private const int MaxCustomSections = 1000;
    private const int MaxNameBytes = 1024 * 1024;
    private const int MaxDataBytes = 64 * 1024 * 1024;

    private static readonly (byte Section, string What, uint Most)[] Counts =
    [
        (ModuleSection.Type, "types", 10_000),
        (ModuleSection.Import, "imports", 10_000),
        (ModuleSection.Function, "functions", 100_000),
        (ModuleSection.Global, "globals", 100_000),
        (ModuleSection.Export, "exports", 10_000),
        (ModuleSection.Element, "element segments", 10_000),
        (ModuleSection.Data, "data segments", 100_000),
    ];

    /// <exception cref="ModuleException">There is too much of something, or a section is malformed.</exception>
    public static void Check(ReadOnlySpan<byte> module)
    {
        var sections = ModuleSection.ReadAll(module);
        foreach (var (id, what, most) in Counts)
        {
            foreach (var section in sections.Where(section => section.Id == id))
            {
                RefuseMore(new WasmReader(module[section.Content]).U32(), most, what);
            }
        }

        CheckCustomSections(module, sections);
        RefuseMore(Size(sections, ModuleSection.Import), MaxNameBytes, "bytes of imports");
        RefuseMore(Size(sections, ModuleSection.Export), MaxNameBytes, "bytes of exports");
        RefuseMore(Size(sections, ModuleSection.Data), MaxDataBytes, "bytes of data");
    }

    private static void CheckCustomSections(ReadOnlySpan<byte> module, List<ModuleSection> sections)
    {
        long count = 0;
        long nameBytes = 0;
        foreach (var section in sections.Where(section => section.Id == ModuleSection.Custom))
        {
            count++;
            nameBytes += new WasmReader(module[section.Content]).U32();
        }

        RefuseMore(count, MaxCustomSections, "custom sections");
        RefuseMore(nameBytes, MaxNameBytes, "bytes of custom sections' names");
    }

    private static long Size(List<ModuleSection> sections, byte id) =>
        sections.Where(section => section.Id == id).Sum(section => (long)section.Content.End.Value - section.Content.Start.Value);

    private static void RefuseMore(long count, long most, string what)
    {
        if (count > most)
        {
            throw new ModuleException(ModuleException.TooComplex, $"The module has {count} {what}; the limit is {most}.");
        }
    }
}
