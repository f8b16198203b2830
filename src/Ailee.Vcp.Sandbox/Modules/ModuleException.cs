namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Bytes that cannot be a module here. <see cref="Code"/> is stable and stands in docs/error-codes.md.</summary>
public sealed class ModuleException(string code, string message) : Exception(message)
{
    /// <summary>Not WebAssembly, truncated, or refused by the engine's validation.</summary>
    public const string Invalid = "module-invalid";

    /// <summary>An import that this host does not offer.</summary>
    public const string UnknownImport = "module-unknown-import";

    /// <summary>An import of a function that this host offers with another signature.</summary>
    public const string ImportType = "module-import-type";

    /// <summary>An export under a name that the sandbox reserves.</summary>
    public const string ReservedExport = "module-reserved-export";

    /// <summary>More memory or table elements from the start than any task may have.</summary>
    public const string TooDemanding = "module-too-demanding";

    /// <summary>More functions, segments, names or the like than a module may have.</summary>
    public const string TooComplex = "module-too-complex";

    /// <summary>Compiling takes more time or memory than it may, or crashes the compiler.</summary>
    public const string CompileLimit = "module-compile-limit";

    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>Code for a module that needs a WebAssembly proposal which is off here.</summary>
    public static string Needs(string proposal) => $"module-needs-{proposal}";
}
