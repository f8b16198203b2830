namespace Ailee.Vcp.Core.Tests;

public sealed class OwnerIdTests
{
    [Theory]
    [InlineData("operator")]
    [InlineData("x")]
    [InlineData("Zoë & Co.")]
    public void Parse_Name_GivesItBack(string name) => Assert.Equal(name, OwnerId.Parse(name).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("\u0085")]
    public void TryParse_NoName_Refuses(string? name) => Assert.False(OwnerId.TryParse(name, out _));

    // A test's argument would not keep it: what runs the tests passes arguments on as UTF-8.
    [Fact]
    public void TryParse_LoneSurrogate_Refuses() => Assert.False(OwnerId.TryParse("a\ud800", out _));

    [Fact]
    public void TryParse_AtTheBound_CountsBytes()
    {
        Assert.True(OwnerId.TryParse(new string('a', 64), out _));
        Assert.False(OwnerId.TryParse(new string('a', 65), out _));
        Assert.True(OwnerId.TryParse(new string('ë', 32), out _));
        Assert.False(OwnerId.TryParse(new string('ë', 33), out _));
    }

    [Fact]
    public void Equals_OtherCase_IsAnotherOwner()
    {
        Assert.Equal(OwnerId.Parse("anna"), OwnerId.Parse("anna"));
        Assert.NotEqual(OwnerId.Parse("anna"), OwnerId.Parse("Anna"));
    }
}
