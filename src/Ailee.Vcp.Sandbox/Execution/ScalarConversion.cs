using Ailee.Vcp.Core.Execution;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>Numbers between our bits and the engine's boxes.</summary>
internal static class ScalarConversion
{
    /// <param name="values">The arguments.</param>
    /// <param name="types">Types of the function's parameters. The engine would convert other numbers to them silently.</param>
    public static ValueBox[] ToArguments(IReadOnlyList<ScalarValue> values, IReadOnlyList<ValueKind> types) =>
        values.Select(value => Kind(value.Type)).SequenceEqual(types)
            ? [.. values.Select(ToBox)]
            : throw new InvalidOperationException("The arguments do not have the types of the entrypoint's parameters.");

    /// <summary>Refuses results that are not numbers: vectors and references.</summary>
    public static void CheckResults(IReadOnlyList<ValueKind> types)
    {
        if (types.Any(type => type is not (ValueKind.Int32 or ValueKind.Int64 or ValueKind.Float32 or ValueKind.Float64)))
        {
            throw new InvalidOperationException("The entrypoint has results that are not numbers.");
        }
    }

    /// <param name="result">What the engine returned: null, one value, or an array of values.</param>
    /// <param name="types">Types of the function's results.</param>
    public static IReadOnlyList<ScalarValue> FromResult(object? result, IReadOnlyList<ValueKind> types) => types.Count switch
    {
        0 => [],
        1 => [FromObject(result!)],
        _ => [.. ((object?[])result!).Select(value => FromObject(value!))],
    };

    private static ValueKind Kind(ScalarType type) => type switch
    {
        ScalarType.I32 => ValueKind.Int32,
        ScalarType.I64 => ValueKind.Int64,
        ScalarType.F32 => ValueKind.Float32,
        _ => ValueKind.Float64,
    };

    // Each arm boxes for itself: the common type of bare numbers would be double, which rounds 64-bit integers and quiets NaNs.
    private static ValueBox ToBox(ScalarValue value) => value.Type switch
    {
        ScalarType.I32 => (ValueBox)(int)(uint)value.Bits,
        ScalarType.I64 => (ValueBox)(long)value.Bits,
        ScalarType.F32 => (ValueBox)BitConverter.UInt32BitsToSingle((uint)value.Bits),
        _ => (ValueBox)BitConverter.UInt64BitsToDouble(value.Bits),
    };

    private static ScalarValue FromObject(object value) => value switch
    {
        int number => new ScalarValue(ScalarType.I32, (uint)number),
        long number => new ScalarValue(ScalarType.I64, (ulong)number),
        float number => new ScalarValue(ScalarType.F32, BitConverter.SingleToUInt32Bits(number)),
        double number => new ScalarValue(ScalarType.F64, BitConverter.DoubleToUInt64Bits(number)),
        _ => throw new InvalidOperationException("A result is not a number."),
    };
}
