using CsCheck;

namespace Ailee.Vcp.Core.Tests;

public sealed class DigestTests
{
    private const string AbcHex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void Of_Abc_IsTheFips180Example()
    {
        var digest = Digest.Of("abc"u8);

        Assert.Equal(AbcHex, digest.ToHex());
        Assert.Equal("sha256:" + AbcHex, digest.ToString());
        Assert.Equal(Convert.FromHexString(AbcHex), digest.ToArray());
    }

    [Fact]
    public void Parse_FormattedDigest_GivesItBack() => Gen.Byte.Array[Digest.SizeBytes].Sample(bytes =>
    {
        var digest = new Digest(bytes);

        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.Equal(bytes, digest.ToArray());
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData(AbcHex)]
    [InlineData("SHA256:" + AbcHex)]
    [InlineData("sha512:" + AbcHex)]
    [InlineData("sha256-" + AbcHex)]
    [InlineData("sha256:" + AbcHex + "0")]
    [InlineData("sha256:" + AbcHex + "00")]
    [InlineData(" sha256:" + AbcHex)]
    [InlineData("sha256:" + AbcHex + "\n")]
    [InlineData("sha256:Ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015aD")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a ")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015\uff11\uff12")]
    public void TryParse_AnythingElse_Refuses(string? text)
    {
        Assert.False(Digest.TryParse(text, out var digest));
        Assert.Equal(default, digest);
        Assert.Throws<FormatException>(() => Digest.Parse(text!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Constructor_OtherLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => new Digest(new byte[length]));

    [Fact]
    public void Equals_OneBitApart_IsFalse()
    {
        var bytes = Digest.Of("abc"u8).ToArray();
        for (var bit = 0; bit < 8 * Digest.SizeBytes; bit++)
        {
            var other = bytes.ToArray();
            other[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEqual(new Digest(bytes), new Digest(other));
        }
    }

    [Fact]
    public void Order_AnyTwo_IsThatOfTheirBytes() => Gen.Select(Gen.Byte.Array[32], Gen.Int[0, 31], Gen.Byte).Sample((bytes, at, value) =>
    {
        byte[] other = [.. bytes];
        other[at] = value;

        Assert.Equal(Math.Sign(bytes.AsSpan().SequenceCompareTo(other)), Math.Sign(Digest.Order.Compare(new Digest(bytes), new Digest(other))));
    });
}
