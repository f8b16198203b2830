using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Tests.Cose;

public sealed class PublicKeyTests
{
    private const string Text = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    // The points of order 1, 2, 4 and 8 and their other spellings (y not below p, or a sign for x = 0). With such a key the
    // verification equation holds for signatures that nobody made.
    private static readonly string[] LowOrderPoints =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    public static TheoryData<string> LowOrder => [.. LowOrderPoints];

    [Fact]
    public void TryParse_FormattedKey_GivesItBack()
    {
        Assert.True(PublicKey.TryParse(Text, out var key));

        Assert.Equal(Text, key.ToString());
        Assert.Equal("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", Convert.ToHexStringLower(key.Bytes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Text + "=")]
    [InlineData(Text + "A")]
    [InlineData("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR")]
    [InlineData("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR=")]
    [InlineData("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR ")]
    [InlineData("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp")]
    [InlineData("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    [InlineData("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR!")]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    public void TryParse_AnythingElse_Refuses(string? text)
    {
        Assert.False(PublicKey.TryParse(text, out var key));
        Assert.Null(key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void TryCreate_OtherLength_Refuses(int length) => Assert.False(PublicKey.TryCreate(new byte[length], out _));

    [Theory]
    [MemberData(nameof(LowOrder))]
    public void Verify_LowOrderKey_NeverAccepts(string keyHex)
    {
        if (!PublicKey.TryCreate(Convert.FromHexString(keyHex), out var key))
        {
            return;
        }

        // With S = 0 the equation asks for R = −k·A, a point of low order as well; over all of them and some messages one fits.
        foreach (var point in LowOrderPoints)
        {
            byte[] forged = [.. Convert.FromHexString(point), .. new byte[32]];
            for (byte message = 0; message < 32; message++)
            {
                Assert.False(key.Verify([message], forged));
            }
        }
    }

    [Theory]
    // y = 2 is on no point of the curve; 2²⁵⁵ − 1 is no coordinate.
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Verify_KeyOffTheCurve_NeverAccepts(string keyHex)
    {
        if (PublicKey.TryCreate(Convert.FromHexString(keyHex), out var key))
        {
            Assert.All(LowOrderPoints, point => Assert.False(key.Verify("data"u8, [.. Convert.FromHexString(point), .. new byte[32]])));
        }
    }

    [Fact]
    public void Equals_SameBytes_IsTrue()
    {
        Assert.True(PublicKey.TryParse(Text, out var first));
        Assert.True(PublicKey.TryCreate(first.Bytes, out var second));
        using var other = SigningKey.Create();

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, other.PublicKey);
        Assert.False(first.Equals(null));
    }
}
