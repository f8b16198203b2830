using Ailee.Vcp.Server.Auth;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class AccessMiddlewareTests
{
    [Theory]
    [InlineData(true, "http://127.0.0.1:8080")]
    [InlineData(true, "http://127.7.7.7:80")]
    [InlineData(true, "http://localhost:8080")]
    [InlineData(true, "https://LocalHost:8443")]
    [InlineData(true, "http://[::1]:8080")]
    [InlineData(true, "http://127.0.0.1:1", "http://[::1]:1")]
    [InlineData(false)]
    [InlineData(false, "http://0.0.0.0:8080")]
    [InlineData(false, "http://[::]:8080")]
    [InlineData(false, "http://*:8080")]
    [InlineData(false, "http://+:8080")]
    [InlineData(false, "http://10.1.2.3:8080")]
    [InlineData(false, "http://localhost.example.com:8080")]
    [InlineData(false, "http://127.0.0.1.example.com:8080")]
    [InlineData(false, "http://[::ffff:10.0.0.1]:8080")]
    [InlineData(false, "http://unix:/tmp/vcp.sock")]
    [InlineData(false, "http://127.0.0.1:1", "http://0.0.0.0:1")]
    public void IsLoopbackOnly_Addresses_OnlyIfNobodyElseCanReachThem(bool expected, params string[] addresses) =>
        Assert.Equal(expected, AccessMiddleware.IsLoopbackOnly(addresses));
}
