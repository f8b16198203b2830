using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Tests.Cbor;

public sealed class DeterministicCborTests
{
    [Theory]
    // RFC 8949, Appendix A: the examples that are deterministic and no floats.
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("0a")]
    [InlineData("17")]
    [InlineData("1818")]
    [InlineData("1819")]
    [InlineData("1864")]
    [InlineData("1903e8")]
    [InlineData("1a000f4240")]
    [InlineData("1b000000e8d4a51000")]
    [InlineData("1bffffffffffffffff")]
    [InlineData("c249010000000000000000")]
    [InlineData("3bffffffffffffffff")]
    [InlineData("20")]
    [InlineData("29")]
    [InlineData("3863")]
    [InlineData("3903e7")]
    [InlineData("f4")]
    [InlineData("f5")]
    [InlineData("f6")]
    [InlineData("c074323031332d30332d32315432303a30343a30305a")]
    [InlineData("c11a514b67b0")]
    [InlineData("d74401020304")]
    [InlineData("d818456449455446")]
    [InlineData("40")]
    [InlineData("4401020304")]
    [InlineData("60")]
    [InlineData("6161")]
    [InlineData("6449455446")]
    [InlineData("62225c")]
    [InlineData("62c3bc")]
    [InlineData("63e6b0b4")]
    [InlineData("64f0908591")]
    [InlineData("80")]
    [InlineData("83010203")]
    [InlineData("8301820203820405")]
    [InlineData("98190102030405060708090a0b0c0d0e0f101112131415161718181819")]
    [InlineData("a0")]
    [InlineData("a201020304")]
    [InlineData("a26161016162820203")]
    [InlineData("826161a161626163")]
    [InlineData("a56161614161626142616361436164614461656145")]
    // The key order of RFC 8949 §4.2.1, which .NET's canonical mode refuses.
    [InlineData("a80a00 186400 2000 617a00 62616100 81186400 812000 f400")]
    public void Check_DeterministicItem_FindsNothing(string hex) => Assert.Null(DeterministicCbor.Check(Hex(hex)));

    [Theory]
    // Integers, lengths, counts and tags that are not in their shortest form.
    [InlineData("1800")]
    [InlineData("1817")]
    [InlineData("190000")]
    [InlineData("1900ff")]
    [InlineData("1a0000ffff")]
    [InlineData("1b00000000ffffffff")]
    [InlineData("3817")]
    [InlineData("3900ff")]
    [InlineData("580101")]
    [InlineData("780161")]
    [InlineData("980101")]
    [InlineData("b8010101")]
    [InlineData("d81201")]
    // Indefinite lengths.
    [InlineData("5f42010243030405ff")]
    [InlineData("7f657374726561646d696e67ff")]
    [InlineData("9fff")]
    [InlineData("9f018202039f0405ffff")]
    [InlineData("83018202039f0405ff")]
    [InlineData("bf61610161629f0203ffff")]
    [InlineData("bfff")]
    // Map keys out of order or twice, also deeper down.
    [InlineData("a202000100")]
    [InlineData("a201000100")]
    [InlineData("a2200001 00")]
    [InlineData("a2616200616100")]
    [InlineData("a2626161006162 00")]
    [InlineData("81a202000100")]
    [InlineData("a101a202000100")]
    [InlineData("a1a20200010000")]
    // Floats, undefined and simple values.
    [InlineData("f90000")]
    [InlineData("f93c00")]
    [InlineData("f97e00")]
    [InlineData("fa47c35000")]
    [InlineData("fb3ff199999999999a")]
    [InlineData("c1fb41d452d9e8200000")]
    [InlineData("81f93c00")]
    [InlineData("f7")]
    [InlineData("e0")]
    [InlineData("f0")]
    [InlineData("f3")]
    [InlineData("f820")]
    [InlineData("f8ff")]
    public void Check_OtherEncoding_IsNotDeterministic(string hex) =>
        Assert.Equal(CborFaultKind.NotDeterministic, DeterministicCbor.Check(Hex(hex))?.Kind);

    [Theory]
    // RFC 8949, Appendix F: reserved codes, breaks and indefinite forms where there are none.
    [InlineData("1c")]
    [InlineData("1d")]
    [InlineData("1e")]
    [InlineData("3c")]
    [InlineData("5d")]
    [InlineData("7e")]
    [InlineData("9c")]
    [InlineData("bd")]
    [InlineData("de")]
    [InlineData("fc")]
    [InlineData("fd")]
    [InlineData("fe")]
    [InlineData("f800")]
    [InlineData("f814")]
    [InlineData("f818")]
    [InlineData("f81f")]
    [InlineData("ff")]
    [InlineData("8200ff")]
    [InlineData("a1ff")]
    [InlineData("a100ff")]
    [InlineData("1f")]
    [InlineData("3f")]
    [InlineData("df00")]
    // Text that is not UTF-8: a stray byte, an overlong form, a surrogate, a code point too large.
    [InlineData("6180")]
    [InlineData("62c080")]
    [InlineData("63eda080")]
    [InlineData("64f4908080")]
    [InlineData("61c3")]
    [InlineData("a161ff00")]
    public void Check_NoCbor_IsMalformed(string hex) =>
        Assert.Equal(CborFaultKind.Malformed, DeterministicCbor.Check(Hex(hex))?.Kind);

    [Theory]
    // RFC 8949, Appendix F: the end of the input inside an item.
    [InlineData("")]
    [InlineData("18")]
    [InlineData("19")]
    [InlineData("1901")]
    [InlineData("1a0102")]
    [InlineData("1b01020304050607")]
    [InlineData("38")]
    [InlineData("58")]
    [InlineData("78")]
    [InlineData("98")]
    [InlineData("9a01ff00")]
    [InlineData("b8")]
    [InlineData("d8")]
    [InlineData("f8")]
    [InlineData("f900")]
    [InlineData("fa0000")]
    [InlineData("fb000000")]
    [InlineData("41")]
    [InlineData("61")]
    [InlineData("81")]
    [InlineData("818181818181818181")]
    [InlineData("8200")]
    [InlineData("a1")]
    [InlineData("a20102")]
    [InlineData("a100")]
    [InlineData("c0")]
    // Lengths and counts that no memory could hold.
    [InlineData("5affffffff00")]
    [InlineData("5bffffffffffffffff010203")]
    [InlineData("5b7fffffffffffffff010203")]
    [InlineData("7affffffff00")]
    [InlineData("7b7fffffffffffffff010203")]
    [InlineData("9affffffff00")]
    [InlineData("9bffffffffffffffff00")]
    [InlineData("9b800000000000000000")]
    [InlineData("baffffffff0000")]
    [InlineData("bbffffffffffffffff0000")]
    public void Check_EndInsideItem_IsTruncated(string hex) =>
        Assert.Equal(CborFaultKind.Truncated, DeterministicCbor.Check(Hex(hex))?.Kind);

    [Theory]
    [InlineData("0000")]
    [InlineData("a000")]
    [InlineData("4100ff")]
    [InlineData("f6f6")]
    [InlineData("8100d2")]
    public void Check_BytesAfterItem_AreTrailing(string hex) =>
        Assert.Equal(CborFaultKind.TrailingBytes, DeterministicCbor.Check(Hex(hex))?.Kind);

    [Theory]
    [InlineData(0x81)]
    [InlineData(0xc1)]
    [InlineData(0xa1)]
    public void Check_Nesting_IsRefusedBeyondSixteen(byte container)
    {
        Assert.Null(DeterministicCbor.Check(Nested(container, 16)));
        Assert.Equal(CborFaultKind.Malformed, DeterministicCbor.Check(Nested(container, 17))?.Kind);
        Assert.Equal(CborFaultKind.Malformed, DeterministicCbor.Check(Nested(container, 1_000_000))?.Kind);
    }

    // For a map the nested item is the value; its key is 0.
    private static byte[] Nested(byte container, int depth)
    {
        byte[] level = container == 0xa1 ? [container, 0x00] : [container];
        return [.. Enumerable.Repeat(level, depth).SelectMany(bytes => bytes), 0x00];
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
