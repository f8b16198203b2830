using CsCheck;

namespace Ailee.Vcp.Core.Tests;

public sealed class NodeIdTests
{
    private const string AbcText = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

    [Fact]
    public void ToString_KnownDigest_IsUnpaddedBase64Url()
    {
        var id = new NodeId(Digest.Of("abc"u8));

        Assert.Equal(AbcText, id.ToString());
    }

    [Fact]
    public void Parse_FormattedId_GivesItBack() => Gen.Byte.Array[Digest.SizeBytes].Sample(bytes =>
    {
        var id = new NodeId(new Digest(bytes));

        Assert.Equal(id, NodeId.Parse(id.ToString()));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(AbcText + "=")]
    [InlineData(AbcText + "A")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa=")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa ")]
    [InlineData(" ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa!")]
    [InlineData("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa\u00e9")]
    public void TryParse_AnythingElse_Refuses(string? text)
    {
        Assert.False(NodeId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.Throws<FormatException>(() => NodeId.Parse(text!));
    }

    // The last character of 43 carries four bits of the id and two spare ones.
    [Fact]
    public void TryParse_SpareBitsSet_Refuses()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var value = 0; value < alphabet.Length; value++)
        {
            Assert.Equal(value % 4 == 0, NodeId.TryParse(AbcText[..42] + alphabet[value], out _));
        }
    }
}
