using CsCheck;

namespace Ailee.Vcp.Core.Tests;

public sealed class NonceTests
{
    [Fact]
    public void ToString_KnownBytes_IsLowercaseHexInOrder()
    {
        var nonce = Nonce.FromBytes([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff]);

        Assert.Equal("00112233445566778899aabbccddeeff", nonce.ToString());
    }

    [Fact]
    public void ToArray_FromBytes_GivesThemBack() => Gen.Byte.Array[Nonce.SizeBytes].Sample(bytes =>
        Assert.Equal(bytes, Nonce.FromBytes(bytes).ToArray()));

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void FromBytes_OtherLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => Nonce.FromBytes(new byte[length]));

    [Fact]
    public void Create_Twice_Differs() => Assert.NotEqual(Nonce.Create(), Nonce.Create());
}
