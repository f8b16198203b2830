using System.Formats.Cbor;
using System.Globalization;
using System.Numerics;
using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Execution;

/// <summary>The numeric types of WebAssembly.</summary>
public enum ScalarType
{
    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit float.</summary>
    F64,
}

/// <summary>An argument or a result of an exported function: its type and its bits, zero-extended, so that NaNs and signs stay exact.</summary>
public readonly record struct ScalarValue(ScalarType Type, ulong Bits)
{
    /// <summary>The type's name in the WebAssembly text format.</summary>
    public string TypeName => Type switch { ScalarType.I32 => "i32", ScalarType.I64 => "i64", ScalarType.F32 => "f32", _ => "f64" };

    /// <summary>
    /// Reads a decimal number of the given type: integers signed or unsigned within the type's width; floats in decimal or
    /// scientific notation within the type's range, <c>inf</c>, <c>-inf</c>, <c>nan</c> (the canonical one).
    /// </summary>
    public static bool TryParse(ScalarType type, string text, out ScalarValue value)
    {
        ulong? bits = type switch
        {
            ScalarType.I32 => ParseInteger(text, int.MinValue, uint.MaxValue) is { } number ? (uint)number : null,
            ScalarType.I64 => ParseInteger(text, long.MinValue, ulong.MaxValue) is { } number ? (ulong)number : null,
            ScalarType.F32 => ParseFloat<float>(text) is { } number ? (float.IsNaN(number) ? 0x7fc0_0000u : BitConverter.SingleToUInt32Bits(number)) : null,
            _ => ParseFloat<double>(text) is { } number ? (double.IsNaN(number) ? 0x7ff8_0000_0000_0000ul : BitConverter.DoubleToUInt64Bits(number)) : null,
        };
        value = new ScalarValue(type, bits ?? 0);
        return bits is not null;
    }

    /// <summary>Signed decimal for integers; the shortest text that reads back to the same bits for floats, <c>nan:0x…</c> for NaNs other than the canonical.</summary>
    public override string ToString() => Type switch
    {
        ScalarType.I32 => ((int)(uint)Bits).ToString(CultureInfo.InvariantCulture),
        ScalarType.I64 => ((long)Bits).ToString(CultureInfo.InvariantCulture),
        ScalarType.F32 => FormatFloat(BitConverter.UInt32BitsToSingle((uint)Bits), Bits == 0x7fc0_0000, BitConverter.UInt32BitsToSingle((uint)Bits).ToString("R", CultureInfo.InvariantCulture)),
        _ => FormatFloat(BitConverter.UInt64BitsToDouble(Bits), Bits == 0x7ff8_0000_0000_0000, BitConverter.UInt64BitsToDouble(Bits).ToString("R", CultureInfo.InvariantCulture)),
    };

    internal void Write(CborWriter writer)
    {
        writer.WriteStartArray(2);
        writer.WriteTextString(TypeName);
        writer.WriteUInt64(Bits);
        writer.WriteEndArray();
    }

    internal static ScalarValue Read(ShapeReader reader)
    {
        reader.Array(2, "a value");
        ScalarType type = reader.Text("a value's type", 3) switch
        {
            "i32" => ScalarType.I32,
            "i64" => ScalarType.I64,
            "f32" => ScalarType.F32,
            "f64" => ScalarType.F64,
            _ => throw reader.Wrong("a value's type is none of i32, i64, f32, f64."),
        };
        var bits = reader.Unsigned("a value's bits");
        if (type is ScalarType.I32 or ScalarType.F32 && bits > uint.MaxValue)
        {
            throw reader.Wrong("a 32-bit value has more than 32 bits.");
        }

        reader.EndArray();
        return new ScalarValue(type, bits);
    }

    private string FormatFloat(double number, bool canonicalNaN, string shortest)
    {
        if (double.IsNaN(number))
        {
            return canonicalNaN ? "nan" : string.Create(CultureInfo.InvariantCulture, $"nan:0x{Bits:x}");
        }

        return double.IsInfinity(number) ? (number > 0 ? "inf" : "-inf") : shortest;
    }

    private static Int128? ParseInteger(string text, Int128 minimum, Int128 maximum) =>
        IsPlain(text) && Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum ? number : null;

    private static T? ParseFloat<T>(string text)
        where T : struct, IFloatingPointIeee754<T> => text switch
        {
            "inf" => T.PositiveInfinity,
            "-inf" => T.NegativeInfinity,
            "nan" => T.NaN,
            // A finite number too large for the type would silently become an infinity.
            _ => IsPlain(text) && T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number) ? number : null,
        };

    // .NET also reads white space, NULs at the end, and "Infinity" and "NaN" in any case and with any sign.
    private static bool IsPlain(string text) => text.All(character => char.IsAsciiDigit(character) || "+-.eE".Contains(character));
}
