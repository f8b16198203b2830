namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>What can be said of a module without running it.</summary>
/// <param name="Kind"><c>command</c> (exports <c>_start</c>), or <c>library</c> (functions to call).</param>
/// <param name="Imports">What it asks of the host.</param>
/// <param name="Exports">What it offers.</param>
/// <param name="MinimumMemoryPages">Pages of 64 KiB that it starts with.</param>
public sealed record ModuleDescription(
    string Kind,
    IReadOnlyList<ModuleImport> Imports,
    IReadOnlyList<ModuleExport> Exports,
    long MinimumMemoryPages)
{
    /// <summary>Kind of a module with a <c>_start</c> export.</summary>
    public const string Command = "command";

    /// <summary>Kind of every other module.</summary>
    public const string Library = "library";

    /// <summary>Name of a command's entrypoint.</summary>
    public const string CommandEntrypoint = "_start";

    /// <summary>Name of the function that sets a reactor up, called before any other.</summary>
    public const string ReactorEntrypoint = "_initialize";
}

/// <summary>An import.</summary>
/// <param name="Module">Module name.</param>
/// <param name="Name">Field name.</param>
/// <param name="Kind"><c>function</c>, <c>memory</c>, <c>table</c> or <c>global</c>.</param>
/// <param name="Signature">Types of a function, or null.</param>
public sealed record ModuleImport(string Module, string Name, string Kind, FunctionSignature? Signature);

/// <summary>An export.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind"><c>function</c>, <c>memory</c>, <c>table</c> or <c>global</c>.</param>
/// <param name="Signature">Types of a function, or null.</param>
public sealed record ModuleExport(string Name, string Kind, FunctionSignature? Signature);

/// <summary>Types of a function by their names in the text format.</summary>
public sealed record FunctionSignature(IReadOnlyList<string> Parameters, IReadOnlyList<string> Results)
{
    /// <summary>For example <c>(i32, i32) -> (i64)</c>.</summary>
    public override string ToString() => $"({string.Join(", ", Parameters)}) -> ({string.Join(", ", Results)})";

    /// <summary>Whether both lists are equal.</summary>
    public bool Matches(FunctionSignature other) => Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);
}
