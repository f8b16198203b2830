using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Cose;

public sealed class KeyThumbprintTests
{
    // RFC 9679 §6: an EC2 key. The rule is the one that PublicKey.Id follows for OKP keys: SHA-256 over the deterministic
    // encoding of the required members and no others.
    [Fact]
    public void Of_Rfc9679Example_IsItsThumbprint()
    {
        var x = Convert.FromHexString("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d");
        var y = Convert.FromHexString("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c");

        var encoded = RawCbor.Map(
            (RawCbor.Integer(1), RawCbor.Integer(2)),
            (RawCbor.Integer(-1), RawCbor.Integer(1)),
            (RawCbor.Integer(-2), RawCbor.Bytes(x)),
            (RawCbor.Integer(-3), RawCbor.Bytes(y)));

        Assert.Null(DeterministicCbor.Check(encoded));
        Assert.Equal("496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec", Digest.Of(encoded).ToHex());
    }

    // Computed with Python's hashlib over a3 01 01 20 06 21 58 20 and the key.
    [Theory]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hm7vvWcYyIRs193-Q_x0qx2qxFOP-FFOouwtQQpBV0M")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "XIQPekAjAXCr3uUVGllO_fJw96iYJfXDELrfa1icXFk")]
    public void Id_Ed25519Key_IsItsThumbprint(string keyHex, string id)
    {
        Assert.True(PublicKey.TryCreate(Convert.FromHexString(keyHex), out var key));

        Assert.Equal("a301012006215820" + keyHex, Convert.ToHexStringLower(key.EncodeCoseKey()));
        Assert.Null(DeterministicCbor.Check(key.EncodeCoseKey()));
        Assert.Equal(id, key.Id.ToString());
        Assert.Equal(Digest.Of(key.EncodeCoseKey()), key.Id.Thumbprint);
    }

    [Fact]
    public void Id_ManyReadersOfOneKey_SeeTheSame()
    {
        using var signingKey = SigningKey.Create();
        var expected = Digest.Of(signingKey.PublicKey.EncodeCoseKey());

        Parallel.For(0, 10_000, _ => Assert.Equal(expected, signingKey.PublicKey.Id.Thumbprint));
    }
}
