using System.Buffers.Text;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class CursorTests
{
    [Theory]
    [InlineData(0, 16)]
    [InlineData(1_900_000_000_000, 16)]
    [InlineData(long.MaxValue, 32)]
    public void Parse_OwnText_GivesTheSamePlace(long createdMs, int idLength)
    {
        byte[] id = [.. Enumerable.Range(1, idLength).Select(value => (byte)(value * 7))];

        Assert.True(Cursor.TryParse(new Cursor(createdMs, id).ToString(), out var cursor));

        Assert.Equal(createdMs, cursor.CreatedMs);
        Assert.Equal(id, cursor.Id);
    }

    [Fact]
    public void Parse_Nothing_IsBeforeEverything()
    {
        Assert.True(Cursor.TryParse(null, out var cursor));

        Assert.Equal(long.MaxValue, cursor.CreatedMs);
        Assert.All(cursor.Id, value => Assert.Equal(0xff, value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("*")]
    [InlineData("/+==")]
    [InlineData("ключ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_AnythingElse_Refused(string text) => Assert.False(Cursor.TryParse(text, out _));

    [Fact]
    public void Parse_Overlong_Refused()
    {
        Assert.False(Cursor.TryParse(new string('A', 81), out _));
        Assert.False(Cursor.TryParse(Base64Url.EncodeToString(new byte[1000]), out _));
    }
}
