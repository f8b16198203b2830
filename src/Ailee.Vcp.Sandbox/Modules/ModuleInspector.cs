using Ailee.Vcp.Sandbox.Wasi;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Describes a compiled module and refuses imports that the host does not offer.</summary>
internal static class ModuleInspector
{
    /// <param name="bytes">The module as it was uploaded.</param>
    /// <param name="module">The module as it was compiled, after the section-level edit.</param>
    public static ModuleDescription Describe(ReadOnlySpan<byte> bytes, Module module)
    {
        var exports = module.Exports
            .Where(export => export.Name is not (ModuleBinary.StartExport or ModuleBinary.MemoryExport))
            .Select(export => new ModuleExport(export.Name, Kind(export), Signature(export), export is GlobalExport global ? TypeName(global.Kind, global.Mutability) : null))
            .ToList();
        var imports = module.Imports
            .Select(import => new ModuleImport(import.ModuleName, import.Name, Kind(import), Signature(import), import is GlobalImport global ? TypeName(global.Kind, global.Mutability) : null))
            .ToList();
        var sections = ModuleSection.ReadAll(bytes);
        return new ModuleDescription(
            Kind(exports),
            imports,
            exports,
            ModuleShape.Memories(bytes, sections),
            ModuleShape.Tables(bytes, sections),
            ModuleShape.CustomSections(bytes, sections),
            ModuleShape.Functions(bytes, sections),
            sections.Any(section => section.Id == ModuleSection.Start));
    }

    /// <exception cref="ModuleException">An import is not offered, or with another signature.</exception>
    public static void CheckImports(ModuleDescription description, WasiHost host)
    {
        foreach (var import in description.Imports)
        {
            if (host.Find(import.Module, import.Name) is not { } offered)
            {
                throw new ModuleException(ModuleException.UnknownImport, $"The import '{import.Module}' '{import.Name}' ({import.Kind}) is not offered here; only functions of {string.Join(" and ", host.Modules)} are.");
            }

            if (import.Signature is null || !import.Signature.Matches(offered))
            {
                throw new ModuleException(ModuleException.ImportType, $"The import '{import.Module}' '{import.Name}' must be a function {offered}.");
            }
        }
    }

    public static string TypeName(ValueKind kind) => kind switch
    {
        ValueKind.Int32 => "i32",
        ValueKind.Int64 => "i64",
        ValueKind.Float32 => "f32",
        ValueKind.Float64 => "f64",
        ValueKind.V128 => "v128",
        ValueKind.FuncRef => "funcref",
        ValueKind.ExternRef => "externref",
        _ => "ref",
    };

    private static string TypeName(ValueKind kind, Mutability mutability) => mutability == Mutability.Mutable ? $"mut {TypeName(kind)}" : TypeName(kind);

    private static string Kind(List<ModuleExport> exports)
    {
        var functions = exports.Where(export => export.Kind == "function").Select(export => export.Name).ToHashSet();
        return functions.Contains(ModuleDescription.CommandEntrypoint) ? ModuleDescription.Command
            : functions.Contains(ModuleDescription.ReactorEntrypoint) ? ModuleDescription.Reactor
            : ModuleDescription.Library;
    }

    private static FunctionSignature? Signature(Export export) => export is FunctionExport function ? Signature(function.Parameters, function.Results) : null;

    private static FunctionSignature? Signature(Import import) => import is FunctionImport function ? Signature(function.Parameters, function.Results) : null;

    private static FunctionSignature Signature(IReadOnlyList<ValueKind> parameters, IReadOnlyList<ValueKind> results) =>
        new([.. parameters.Select(TypeName)], [.. results.Select(TypeName)]);

    private static string Kind(Export export) => export switch
    {
        FunctionExport => "function",
        MemoryExport => "memory",
        TableExport => "table",
        GlobalExport => "global",
        _ => "other",
    };

    private static string Kind(Import import) => import switch
    {
        FunctionImport => "function",
        MemoryImport => "memory",
        TableImport => "table",
        GlobalImport => "global",
        _ => "other",
    };
}
