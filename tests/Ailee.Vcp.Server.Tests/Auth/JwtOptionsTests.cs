using Ailee.Vcp.Server.Auth;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class JwtOptionsTests
{
    [Theory]
    [InlineData("https://idp.example")]
    [InlineData("https://idp.example/realms/x/")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080/x")]
    public void Problems_TrustworthyAuthority_None(string authority) =>
        Assert.Empty(new JwtOptions { Authority = authority, Audience = "vcp" }.Problems());

    [Theory]
    [InlineData("http://idp.example")]
    [InlineData("http://localhost.example:8080")]
    [InlineData("http://10.0.0.1")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("idp.example")]
    [InlineData("https://user@idp.example")]
    [InlineData("https://idp.example?x=1")]
    [InlineData("https://idp.example#x")]
    public void Problems_OtherAuthority_NamesIt(string authority) =>
        Assert.Contains("Auth:Jwt:Authority", Assert.Single(new JwtOptions { Authority = authority, Audience = "vcp" }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Problems_NoAudience_NamesIt() =>
        Assert.Contains("Auth:Jwt:Audience", Assert.Single(new JwtOptions { Authority = "https://idp.example" }.Problems()), StringComparison.Ordinal);
}
