namespace Ailee.Vcp.Client.Modules;

/// <summary>A module as the server describes it. What is null was not looked at yet when the module was uploaded.</summary>
/// <param name="Digest">SHA-256 of the binary, <c>sha256:&lt;hex&gt;</c>: the module's name.</param>
/// <param name="SizeBytes">Size of the binary.</param>
/// <param name="Kind"><c>command</c> (exports <c>_start</c>), <c>reactor</c> (exports <c>_initialize</c>) or <c>library</c>.</param>
/// <param name="Imports">What it asks of the host.</param>
/// <param name="Exports">What it offers.</param>
/// <param name="MemoryPages">Pages of 64 KiB that it starts with.</param>
/// <param name="CreatedAt">When it was first uploaded.</param>
public sealed record ModuleView(
    string Digest,
    long SizeBytes,
    string Kind,
    IReadOnlyList<ImportView> Imports,
    IReadOnlyList<ExportView> Exports,
    long MemoryPages,
    DateTimeOffset CreatedAt)
{
    /// <summary>Its linear memories; at most one.</summary>
    public IReadOnlyList<MemoryView>? Memories { get; init; }

    /// <summary>Its tables.</summary>
    public IReadOnlyList<TableView>? Tables { get; init; }

    /// <summary>Its custom sections, in order.</summary>
    public IReadOnlyList<CustomSectionView>? CustomSections { get; init; }

    /// <summary>Functions that it defines, without the imported ones.</summary>
    public long? FunctionCount { get; init; }

    /// <summary>Whether a function runs before any entrypoint.</summary>
    public bool? HasStart { get; init; }
}

/// <summary>An import of a module. Parameters and results are set for functions only, the type for globals only.</summary>
public sealed record ImportView(string Module, string Name, string Kind, IReadOnlyList<string>? Parameters, IReadOnlyList<string>? Results, string? Type = null);

/// <summary>An export of a module. Parameters and results are set for functions only, the type for globals only.</summary>
public sealed record ExportView(string Name, string Kind, IReadOnlyList<string>? Parameters, IReadOnlyList<string>? Results, string? Type = null);

/// <summary>A linear memory, in pages of 64 KiB.</summary>
public sealed record MemoryView(long MinimumPages, long? MaximumPages);

/// <summary>A table of <c>funcref</c> or <c>externref</c>, in elements.</summary>
public sealed record TableView(string ElementType, long Minimum, long? Maximum);

/// <summary>A custom section; its size is without its name.</summary>
public sealed record CustomSectionView(string Name, long SizeBytes);
