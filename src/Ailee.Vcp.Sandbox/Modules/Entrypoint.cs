using System.Text;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>What is wrong with an entrypoint or with what it is called with.</summary>
/// <param name="Code">Stable code, see docs/error-codes.md.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record EntrypointProblem(string Code, string Message)
{
    /// <summary>The module exports no such function.</summary>
    public const string Missing = "entrypoint-missing";

    /// <summary>The export cannot be an entrypoint.</summary>
    public const string WrongType = "entrypoint-type";

    /// <summary>The arguments do not fit the entrypoint.</summary>
    public const string ArgumentsInvalid = "arguments-invalid";
}

/// <summary>The rules for calling into a module, the same for every way in. Pure.</summary>
public static class Entrypoint
{
    /// <summary>Export that a function of bytes gets memory from: length to pointer.</summary>
    public const string Alloc = "alloc";

    /// <summary>Export that takes the memory back: pointer and length.</summary>
    public const string Dealloc = "dealloc";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Whether a function can be called: it exists, its name fits a statement, and its types are numbers (none for <c>_start</c>).</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="signature">Its types; null if there is no such function.</param>
    /// <param name="functions">The functions that there are, for the message.</param>
    public static EntrypointProblem? Check(string name, FunctionSignature? signature, IEnumerable<string> functions)
    {
        if (signature is null)
        {
            var some = string.Join(", ", functions.Take(10));
            return new EntrypointProblem(EntrypointProblem.Missing, $"The module exports no function '{name}'. {(some.Length == 0 ? "It exports no function at all." : $"It exports: {some}.")}");
        }

        if (Encoding.UTF8.GetByteCount(name) > StatementPayload.MaxEntrypointBytes)
        {
            return new EntrypointProblem(EntrypointProblem.WrongType, $"The name of an entrypoint may have {StatementPayload.MaxEntrypointBytes} bytes.");
        }

        if (name == ModuleDescription.CommandEntrypoint)
        {
            return signature.Parameters.Count + signature.Results.Count > 0
                ? new EntrypointProblem(EntrypointProblem.WrongType, "_start must take and return nothing.")
                : null;
        }

        return signature.Parameters.Concat(signature.Results).FirstOrDefault(type => TypeOf(type) is null) is { } other
            ? new EntrypointProblem(EntrypointProblem.WrongType, $"'{name}' takes or returns {other}; only i32, i64, f32 and f64 can be passed.")
            : null;
    }

    /// <summary>Pointer and length of the input to pointer (upper half) and length (lower half) of the result.</summary>
    public static FunctionSignature BytesSignature { get; } = new(["i32", "i32"], ["i64"]);

    /// <summary>Signature of <see cref="Alloc"/>.</summary>
    public static FunctionSignature AllocSignature { get; } = new(["i32"], ["i32"]);

    /// <summary>Signature of <see cref="Dealloc"/>.</summary>
    public static FunctionSignature DeallocSignature { get; } = new(["i32", "i32"], []);

    /// <summary>Whether a function that passed <see cref="Check"/> can be called with bytes.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="find">The types of an exported function, or null.</param>
    public static EntrypointProblem? CheckBytes(string name, Func<string, FunctionSignature?> find)
    {
        (string Name, FunctionSignature Signature)[] needed = [(name, BytesSignature), (Alloc, AllocSignature), (Dealloc, DeallocSignature)];
        return needed.Where(function => find(function.Name)?.Matches(function.Signature) != true)
            .Select(function => new EntrypointProblem(EntrypointProblem.WrongType, $"To take input, '{name}' needs the module to export '{function.Name}' {function.Signature}."))
            .FirstOrDefault();
    }

    /// <summary>Reads a function's arguments; a null text is a value that cannot be one.</summary>
    public static EntrypointProblem? ParseArguments(string name, FunctionSignature signature, IReadOnlyList<string?> texts, out List<ScalarValue> values)
    {
        values = [];
        if (texts.Count != signature.Parameters.Count)
        {
            return Invalid($"'{name}' takes {signature.Parameters.Count} arguments ({string.Join(", ", signature.Parameters)}), not {texts.Count}.");
        }

        for (var i = 0; i < texts.Count; i++)
        {
            var type = TypeOf(signature.Parameters[i])!.Value;
            if (texts[i] is not { } text || !ScalarValue.TryParse(type, text, out var value))
            {
                return Invalid($"args[{i}] must be {(type == ScalarType.I32 ? "a number" : "a string with a number")} that fits {signature.Parameters[i]}.");
            }

            values.Add(value);
        }

        return null;
    }

    /// <summary>Whether a guest can be given these arguments and variables.</summary>
    public static EntrypointProblem? CheckCommand(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (arguments.Concat(environment.Keys).Concat(environment.Values).Any(text => text.Contains('\0') || !IsWellFormed(text)))
        {
            return Invalid("Arguments and variables must be text without NUL.");
        }

        return environment.Keys.Any(name => name.Length == 0 || name.Contains('='))
            ? Invalid("The name of a variable must not be empty or have '='.")
            : null;
    }

    private static EntrypointProblem Invalid(string message) => new(EntrypointProblem.ArgumentsInvalid, message);

    private static bool IsWellFormed(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static ScalarType? TypeOf(string name) => name switch
    {
        "i32" => ScalarType.I32,
        "i64" => ScalarType.I64,
        "f32" => ScalarType.F32,
        "f64" => ScalarType.F64,
        _ => null,
    };
}
