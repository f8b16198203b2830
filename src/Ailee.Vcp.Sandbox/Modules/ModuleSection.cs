namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>A section of a module: where it lies with its header, and where its content does.</summary>
internal readonly record struct ModuleSection(byte Id, Range Whole, Range Content)
{
    // WebAssembly core specification §5.5.2.
    public const byte Custom = 0;
    public const byte Type = 1;
    public const byte Import = 2;
    public const byte Function = 3;
    public const byte Table = 4;
    public const byte Memory = 5;
    public const byte Global = 6;
    public const byte Export = 7;
    public const byte Start = 8;
    public const byte Element = 9;
    public const byte Data = 11;
    public const byte DataCount = 12;

    /// <summary>The sections in order.</summary>
    /// <exception cref="ModuleException">One is longer than the module.</exception>
    public static List<ModuleSection> ReadAll(ReadOnlySpan<byte> module)
    {
        var sections = new List<ModuleSection>();
        var reader = new WasmReader(module);
        reader.Bytes(8);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var id = reader.Byte();
            var length = reader.U32();
            var content = reader.Position;
            reader.Bytes(length);
            sections.Add(new ModuleSection(id, start..reader.Position, content..reader.Position));
        }

        return sections;
    }
}
