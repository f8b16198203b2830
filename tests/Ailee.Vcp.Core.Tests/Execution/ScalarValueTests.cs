using System.Globalization;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Tests.Cbor;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class ScalarValueTests
{
    [Theory]
    [InlineData(ScalarType.I32, "0", 0x0, "0")]
    [InlineData(ScalarType.I32, "-0", 0x0, "0")]
    [InlineData(ScalarType.I32, "+7", 0x7, "7")]
    [InlineData(ScalarType.I32, "-1", 0xffff_ffff, "-1")]
    [InlineData(ScalarType.I32, "2147483647", 0x7fff_ffff, "2147483647")]
    [InlineData(ScalarType.I32, "2147483648", 0x8000_0000, "-2147483648")]
    [InlineData(ScalarType.I32, "-2147483648", 0x8000_0000, "-2147483648")]
    [InlineData(ScalarType.I32, "4294967295", 0xffff_ffff, "-1")]
    [InlineData(ScalarType.I64, "-1", 0xffff_ffff_ffff_ffff, "-1")]
    [InlineData(ScalarType.I64, "9223372036854775807", 0x7fff_ffff_ffff_ffff, "9223372036854775807")]
    [InlineData(ScalarType.I64, "-9223372036854775808", 0x8000_0000_0000_0000, "-9223372036854775808")]
    [InlineData(ScalarType.I64, "18446744073709551615", 0xffff_ffff_ffff_ffff, "-1")]
    [InlineData(ScalarType.F32, "0", 0x0, "0")]
    [InlineData(ScalarType.F32, "-0", 0x8000_0000, "-0")]
    [InlineData(ScalarType.F32, "1.5", 0x3fc0_0000, "1.5")]
    [InlineData(ScalarType.F32, ".5", 0x3f00_0000, "0.5")]
    [InlineData(ScalarType.F32, "0.1", 0x3dcc_cccd, "0.1")]
    [InlineData(ScalarType.F32, "1e-45", 0x1, "1E-45")]
    [InlineData(ScalarType.F32, "1e-50", 0x0, "0")]
    [InlineData(ScalarType.F32, "3.4028235E+38", 0x7f7f_ffff, "3.4028235E+38")]
    // Rounding through a double first would give 0x3f800000.
    [InlineData(ScalarType.F32, "1.00000005960464477540", 0x3f80_0001, "1.0000001")]
    [InlineData(ScalarType.F32, "inf", 0x7f80_0000, "inf")]
    [InlineData(ScalarType.F32, "-inf", 0xff80_0000, "-inf")]
    [InlineData(ScalarType.F32, "nan", 0x7fc0_0000, "nan")]
    [InlineData(ScalarType.F64, "-0", 0x8000_0000_0000_0000, "-0")]
    [InlineData(ScalarType.F64, "0.1", 0x3fb9_9999_9999_999a, "0.1")]
    [InlineData(ScalarType.F64, "5e-324", 0x1, "5E-324")]
    [InlineData(ScalarType.F64, "1.7976931348623157E+308", 0x7fef_ffff_ffff_ffff, "1.7976931348623157E+308")]
    [InlineData(ScalarType.F64, "inf", 0x7ff0_0000_0000_0000, "inf")]
    [InlineData(ScalarType.F64, "-inf", 0xfff0_0000_0000_0000, "-inf")]
    [InlineData(ScalarType.F64, "nan", 0x7ff8_0000_0000_0000, "nan")]
    public void TryParse_Number_GivesItsBitsAndText(ScalarType type, string text, ulong bits, string formatted)
    {
        Assert.True(ScalarValue.TryParse(type, text, out var value));

        Assert.Equal(new ScalarValue(type, bits), value);
        Assert.Equal(formatted, value.ToString());
    }

    [Theory]
    [InlineData(ScalarType.I32, "4294967296")]
    [InlineData(ScalarType.I32, "-2147483649")]
    [InlineData(ScalarType.I64, "18446744073709551616")]
    [InlineData(ScalarType.I64, "-9223372036854775809")]
    [InlineData(ScalarType.I64, "340282366920938463463374607431768211456")]
    [InlineData(ScalarType.I32, "1.0")]
    [InlineData(ScalarType.I32, "1e3")]
    [InlineData(ScalarType.I64, "nan")]
    [InlineData(ScalarType.I64, "inf")]
    // Finite, but beyond the type: an infinity would be another number.
    [InlineData(ScalarType.F32, "3.5e38")]
    [InlineData(ScalarType.F32, "-1e39")]
    [InlineData(ScalarType.F64, "1e309")]
    [InlineData(ScalarType.F64, "-1e400")]
    public void TryParse_OtherRangeOrKind_Refuses(ScalarType type, string text)
    {
        Assert.False(ScalarValue.TryParse(type, text, out var value));
        Assert.Equal(0ul, value.Bits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("1,000")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("(1)")]
    [InlineData("1e")]
    [InlineData("e1")]
    [InlineData("\u0661")]
    [InlineData("\u22121")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("INF")]
    [InlineData("+inf")]
    [InlineData("\u221e")]
    [InlineData("NaN")]
    [InlineData("-nan")]
    [InlineData("nan:0x7fc00001")]
    public void TryParse_NoNumber_IsRefusedForEveryType(string text) =>
        Assert.All(Enum.GetValues<ScalarType>(), type => Assert.False(ScalarValue.TryParse(type, text, out _)));

    [Theory]
    [InlineData(ScalarType.F32, 0xffc0_0000, "nan:0xffc00000")]
    [InlineData(ScalarType.F32, 0x7f80_0001, "nan:0x7f800001")]
    [InlineData(ScalarType.F64, 0xfff8_0000_0000_0000, "nan:0xfff8000000000000")]
    [InlineData(ScalarType.F64, 0x7ff0_0000_0000_0001, "nan:0x7ff0000000000001")]
    public void ToString_OtherNaN_ShowsItsBits(ScalarType type, ulong bits, string text) =>
        Assert.Equal(text, new ScalarValue(type, bits).ToString());

    [Fact]
    public void ToString_AnythingButOtherNaNs_ReadsBackToTheSameBits() => Any.Sample(value =>
    {
        var text = value.ToString();
        if (!text.StartsWith("nan:", StringComparison.Ordinal))
        {
            Assert.True(ScalarValue.TryParse(value.Type, text, out var read));
            Assert.Equal(value, read);
        }
    });

    [Fact]
    public void ToString_UnderAnotherCulture_IsTheSame()
    {
        var previous = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NegativeSign = "~" };
            CultureInfo.CurrentCulture = other;

            Assert.Equal("-1.5", new ScalarValue(ScalarType.F64, 0xbff8_0000_0000_0000).ToString());
            Assert.True(ScalarValue.TryParse(ScalarType.F64, "-1.5", out _));
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    [Theory]
    [InlineData("i32", 0x1_0000_0000)]
    [InlineData("f32", 0x1_0000_0000)]
    [InlineData("i16", 0)]
    [InlineData("I32", 0)]
    [InlineData("v128", 0)]
    [InlineData("", 0)]
    public void Read_OtherTypeOrTooManyBits_IsRefused(string type, ulong bits) =>
        Assert.Throws<CborShapeException>(() => Read(RawCbor.Array(RawCbor.Text(type), RawCbor.Unsigned(bits))));

    [Fact]
    public void Read_NegativeBits_IsRefused() =>
        Assert.Throws<CborShapeException>(() => Read(RawCbor.Array(RawCbor.Text("i32"), RawCbor.Integer(-1))));

    internal static Gen<ScalarValue> Any { get; } = Gen.Select(Gen.Enum<ScalarType>(), Gen.ULong).Select((type, bits) =>
        new ScalarValue(type, type is ScalarType.I32 or ScalarType.F32 ? (uint)bits : bits));

    private static ScalarValue Read(byte[] bytes) => ScalarValue.Read(new ShapeReader(bytes, "test"));
}
