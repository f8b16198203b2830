namespace Ailee.Vcp.Server.Tests;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080;http://[::1]:8081")]
    [InlineData("http://*:80")]
    [InlineData("https://+:443")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://unix:/tmp/vcp.sock")]
    public void Problems_OfUsableAddresses_None(string? urls) => Assert.Empty(ListenAddresses.Problems(urls));

    [Theory]
    [InlineData(";")]
    [InlineData(" ")]
    [InlineData("//")]
    [InlineData("http://")]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://127.0.0.1:80x")]
    [InlineData("http://127.0.0.1:70000000000")]
    [InlineData("http://127.0.0.1:0/base")]
    [InlineData("http://user@127.0.0.1:0")]
    [InlineData("http://256.1.1.1:80")]
    [InlineData("http://vcp.example.org:80")]
    [InlineData("http://[::zz]:80")]
    [InlineData("http://localhost:0")]
    [InlineData("http://pipe:/x")]
    [InlineData("http://unix:")]
    [InlineData("http://unix:/no/such/directory/vcp.sock")]
    [InlineData("http://127.0.0.1:8080;nonsense")]
    public void Problems_OfOddAddresses_NameThem(string urls)
    {
        var problem = Assert.Single(ListenAddresses.Problems(urls));

        Assert.Contains("urls", problem, StringComparison.Ordinal);
    }
}
