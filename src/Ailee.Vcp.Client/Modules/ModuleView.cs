namespace Ailee.Vcp.Client.Modules;

/// <summary>A module as the server describes it.</summary>
/// <param name="Digest">SHA-256 of the binary, <c>sha256:&lt;hex&gt;</c>: the module's name.</param>
/// <param name="SizeBytes">Size of the binary.</param>
/// <param name="Kind"><c>command</c> (exports <c>_start</c>) or <c>library</c>.</param>
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
    DateTimeOffset CreatedAt);

/// <summary>An import of a module. Types are set for functions only.</summary>
public sealed record ImportView(string Module, string Name, string Kind, IReadOnlyList<string>? Parameters, IReadOnlyList<string>? Results);

/// <summary>An export of a module. Types are set for functions only.</summary>
public sealed record ExportView(string Name, string Kind, IReadOnlyList<string>? Parameters, IReadOnlyList<string>? Results);
