using System.Text.Json.Serialization;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>What can be said of a module without running it.</summary>
/// <param name="Kind"><c>command</c> (exports <c>_start</c>), <c>reactor</c> (exports <c>_initialize</c>), or <c>library</c>.</param>
/// <param name="Imports">What it asks of the host.</param>
/// <param name="Exports">What it offers.</param>
/// <param name="Memories">Its linear memories; at most one.</param>
/// <param name="Tables">Its tables.</param>
/// <param name="CustomSections">Its custom sections, in order.</param>
/// <param name="FunctionCount">Functions that it defines, without the imported ones.</param>
/// <param name="HasStart">Whether a function runs before any entrypoint.</param>
public sealed record ModuleDescription(
    string Kind,
    IReadOnlyList<ModuleImport> Imports,
    IReadOnlyList<ModuleExport> Exports,
    IReadOnlyList<ModuleMemory> Memories,
    IReadOnlyList<ModuleTable> Tables,
    IReadOnlyList<ModuleCustomSection> CustomSections,
    long FunctionCount,
    bool HasStart)
{
    /// <summary>Kind of a module with a <c>_start</c> export.</summary>
    public const string Command = "command";

    /// <summary>Kind of a module with an <c>_initialize</c> export and no <c>_start</c>.</summary>
    public const string Reactor = "reactor";

    /// <summary>Kind of every other module.</summary>
    public const string Library = "library";

    /// <summary>Name of a command's entrypoint.</summary>
    public const string CommandEntrypoint = "_start";

    /// <summary>Name of the function that sets a reactor up, called before any other.</summary>
    public const string ReactorEntrypoint = "_initialize";

    /// <summary>Pages of 64 KiB that it starts with.</summary>
    [JsonIgnore]
    public long MinimumMemoryPages => Memories.Sum(memory => memory.MinimumPages);
}

/// <summary>An import.</summary>
/// <param name="Module">Module name.</param>
/// <param name="Name">Field name.</param>
/// <param name="Kind"><c>function</c>, <c>memory</c>, <c>table</c> or <c>global</c>.</param>
/// <param name="Signature">Types of a function, or null.</param>
/// <param name="Type">Type of a global, such as <c>i32</c> or <c>mut i64</c>, or null.</param>
public sealed record ModuleImport(string Module, string Name, string Kind, FunctionSignature? Signature, string? Type);

/// <summary>An export.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind"><c>function</c>, <c>memory</c>, <c>table</c> or <c>global</c>.</param>
/// <param name="Signature">Types of a function, or null.</param>
/// <param name="Type">Type of a global, such as <c>i32</c> or <c>mut i64</c>, or null.</param>
public sealed record ModuleExport(string Name, string Kind, FunctionSignature? Signature, string? Type);

/// <summary>A linear memory, in pages of 64 KiB.</summary>
public sealed record ModuleMemory(long MinimumPages, long? MaximumPages);

/// <summary>A table; <paramref name="ElementType"/> is <c>funcref</c> or <c>externref</c>.</summary>
public sealed record ModuleTable(string ElementType, long Minimum, long? Maximum);

/// <summary>A custom section; its size is without its name.</summary>
public sealed record ModuleCustomSection(string Name, long SizeBytes);

/// <summary>Types of a function by their names in the text format.</summary>
public sealed record FunctionSignature(IReadOnlyList<string> Parameters, IReadOnlyList<string> Results)
{
    /// <summary>For example <c>(i32, i32) -> (i64)</c>.</summary>
    public override string ToString() => $"({string.Join(", ", Parameters)}) -> ({string.Join(", ", Results)})";

    /// <summary>Whether both lists are equal.</summary>
    public bool Matches(FunctionSignature other) => Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);
}
