using System.Numerics;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Tests.Cose;

public sealed class Ed25519Tests
{
    // RFC 8032 §5.1: the order of the base point.
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);

    // RFC 8032 §7.1: TEST 1, 2, 3 and SHA(abc).
    public static TheoryData<string, string, string, string> Rfc8032 => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void Sign_Rfc8032Vector_GivesItsKeyAndSignature(string seed, string publicKey, string message, string signature)
    {
        using var key = SigningKey.FromSeed(Convert.FromHexString(seed));

        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey.Bytes));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
        Assert.Equal(seed, Convert.ToHexStringLower(key.ExportSeed()));
    }

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void Verify_Rfc8032Vector_AcceptsItAndNoBitChanged(string seed, string publicKey, string message, string signature)
    {
        Assert.NotEmpty(seed);
        Assert.True(PublicKey.TryCreate(Convert.FromHexString(publicKey), out var key));
        var (data, valid) = (Convert.FromHexString(message), Convert.FromHexString(signature));

        Assert.True(key.Verify(data, valid));
        Assert.All(Flipped(valid), changed => Assert.False(key.Verify(data, changed)));
        Assert.All(Flipped(data), changed => Assert.False(key.Verify(changed, valid)));
        Assert.False(key.Verify([.. data, 0], valid));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void Verify_SignatureOfOtherLength_IsFalse(int length)
    {
        using var key = SigningKey.Create();
        var signature = key.Sign("data"u8);
        Array.Resize(ref signature, length);

        Assert.False(key.PublicKey.Verify("data"u8, signature));
    }

    // S and S + L satisfy the same equation; RFC 8032 §5.1.7 wants S < L, so that nobody can make a second signature of one.
    [Fact]
    public void Verify_ScalarBeyondTheOrder_IsFalse()
    {
        using var key = SigningKey.FromSeed(new byte[32]);
        var signature = key.Sign("data"u8);
        var scalar = new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order;
        var malleated = signature[..32].Concat(scalar.ToByteArray(isUnsigned: true)).ToArray();

        Assert.Equal(64, malleated.Length);
        Assert.True(key.PublicKey.Verify("data"u8, signature));
        Assert.False(key.PublicKey.Verify("data"u8, malleated));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void FromSeed_OtherLength_Throws(int length) => Assert.Throws<FormatException>(() => SigningKey.FromSeed(new byte[length]));

    [Fact]
    public void Sign_FromManyThreads_IsDeterministic()
    {
        using var key = SigningKey.Create();
        var expected = key.Sign("data"u8);

        Parallel.For(0, 500, _ => Assert.Equal(expected, key.Sign("data"u8)));
    }

    [Fact]
    public void Create_Twice_GivesDifferentKeys()
    {
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();

        Assert.NotEqual(first.PublicKey, second.PublicKey);
        Assert.False(second.PublicKey.Verify("data"u8, first.Sign("data"u8)));
    }

    private static IEnumerable<byte[]> Flipped(byte[] bytes) => Enumerable.Range(0, 8 * bytes.Length).Select(bit =>
    {
        var changed = bytes.ToArray();
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    });
}
