using System.Net;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Without keys: what browsers and proxies send on behalf of others, as it comes over the wire.</summary>
public sealed class ForeignCallTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    private const string Path = "api/v1/stats";

    [Theory]
    [InlineData("user@localhost", 400)]
    [InlineData("localhost@example.com", 400)]
    [InlineData("localhost:80:80", 400)]
    [InlineData("localhost,example.com", 400)]
    [InlineData("localhost.", 403)]
    [InlineData("127.0.0.1.", 403)]
    [InlineData("127.1", 403)]
    [InlineData("127.0.0.2", 403)]
    [InlineData("2130706433", 403)]
    [InlineData("0x7f.0.0.1", 403)]
    [InlineData("0177.0.0.1", 403)]
    [InlineData("0", 403)]
    [InlineData("0.0.0.0:80", 403)]
    [InlineData("[::]", 400)]
    [InlineData("[::ffff:127.0.0.1]", 403)]
    [InlineData("[::ffff:7f00:1]", 403)]
    [InlineData("[0:0:0:0:0:0:0:1]", 403)]
    [InlineData("localhost6", 403)]
    [InlineData("127.0.0.1.nip.io", 403)]
    [InlineData("", 403)]
    [InlineData("LocalHost:8080", 200)]
    [InlineData("[::1]", 200)]
    public async Task Host_AsSent_OnlyExactNamesOfThisMachine(string host, int status)
    {
        var (actual, text) = await RawConnection.AskAsync(fixture.Server.Url, $"GET /{Path} HTTP/1.1", $"Host: {host}");

        Assert.True(status == actual, text);
        Assert.Equal(status == 403, text.Contains("\"forbidden-host\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_SentTwice_Malformed() =>
        Assert.Equal(400, (await RawConnection.AskAsync(fixture.Server.Url, $"GET /{Path} HTTP/1.1", "Host: localhost", "Host: example.com")).Status);

    [Theory]
    [InlineData("http://example.com/api/v1/stats", "localhost", 400)]
    [InlineData("http://example.com/api/v1/stats", "example.com", 403)]
    [InlineData("http://localhost/api/v1/stats", "example.com", 400)]
    [InlineData("http://localhost@example.com/api/v1/stats", "localhost", 400)]
    [InlineData("http://localhost@example.com/api/v1/stats", "localhost@example.com", 400)]
    [InlineData("http://example.com@localhost/api/v1/stats", "example.com", 400)]
    public async Task Target_AbsoluteOfAnother_Refused(string target, string host, int status)
    {
        var (actual, text) = await RawConnection.AskAsync(fixture.Server.Url, $"GET {target} HTTP/1.1", $"Host: {host}");

        Assert.True(status == actual, text);
    }

    [Fact]
    public async Task Tunnel_Refused() => Assert.InRange((await RawConnection.AskAsync(fixture.Server.Url, "CONNECT example.com:443 HTTP/1.1", "Host: example.com:443")).Status, 400, 405);

    [Fact]
    public async Task OldProtocol_IsOfAProxy()
    {
        var (status, text) = await RawConnection.AskAsync(fixture.Server.Url, $"GET /{Path} HTTP/1.0", "Host: localhost");

        Assert.Equal(403, status);
        Assert.Contains("\"forbidden-proxy\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-Anything", "1")]
    [InlineData("X-Original-Host", "localhost")]
    [InlineData("X-Original-URL", "/")]
    [InlineData("X-Rewrite-URL", "/")]
    [InlineData("CF-Connecting-IP", "192.0.2.1")]
    [InlineData("True-Client-IP", "192.0.2.1")]
    [InlineData("X-Envoy-External-Address", "192.0.2.1")]
    [InlineData("Proxy-Connection", "keep-alive")]
    [InlineData("VIA", "1.1 proxy")]
    public async Task Header_OfAProxy_Forbidden(string name, string value) => await fixture.Http.GetAsync(Path, (name, value)).ProblemAsync("forbidden-proxy");

    [Theory]
    [InlineData("cross-site", "no-cors", "image")]
    [InlineData("cross-site", "no-cors", "script")]
    [InlineData("cross-site", "no-cors", "empty")]
    [InlineData("cross-site", "navigate", "iframe")]
    [InlineData("cross-site", "navigate", "document")]
    [InlineData("same-site", "no-cors", "image")]
    [InlineData("same-site", "cors", "empty")]
    [InlineData("nonsense", "navigate", "document")]
    [InlineData("", "navigate", "document")]
    public async Task Fetch_OfAnotherPageWithoutOrigin_Forbidden(string site, string mode, string destination) =>
        await fixture.Http.GetAsync(Path, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)).ProblemAsync("forbidden-origin");

    [Theory]
    [InlineData("same-origin", "cors", "empty", Path)]
    [InlineData("none", "navigate", "document", Path)]
    [InlineData("none", "navigate", "document", "swagger/index.html")]
    [InlineData("cross-site", "navigate", "document", "swagger/index.html")]
    public async Task Fetch_OfThePersonOrOurOwnPage_Fine(string site, string mode, string destination, string path)
    {
        using var response = await fixture.Http.GetAsync(path, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("swagger/v1/swagger.json", "no-cors", "script")]
    [InlineData("swagger/index.html", "navigate", "iframe")]
    public async Task Fetch_OfPagesWithinAnotherPage_Forbidden(string path, string mode, string destination) =>
        await fixture.Http.GetAsync(path, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)).ProblemAsync("forbidden-origin");

    [Theory]
    [InlineData("text/plain", "Origin", "https://example.com")]
    [InlineData("text/plain", "Origin", "null")]
    [InlineData("text/plain", "Sec-Fetch-Site", "cross-site")]
    [InlineData("application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-site")]
    public async Task Post_AFormOfAnotherPage_ForbiddenAndNothingHappens(string mediaType, string name, string value)
    {
        var before = (await fixture.Client.GetStatsAsync(default)).Modules;

        await fixture.Http.PostAsync("api/v1/modules", Guests.Unique(7), mediaType, (name, value)).ProblemAsync("forbidden-origin");
        // Old browsers name no site; then it is the type that no form can send.
        await fixture.Http.PostAsync("api/v1/modules", Guests.Unique(7), mediaType).ProblemAsync("unsupported-media-type");
        await fixture.Http.PostAsync("api/v1/tasks", "{}", mediaType).ProblemAsync("unsupported-media-type");

        Assert.Equal(before, (await fixture.Client.GetStatsAsync(default)).Modules);
    }

    [Fact]
    public async Task Preflight_OfAnotherPage_Forbidden()
    {
        using var message = new HttpRequestMessage(HttpMethod.Options, "api/v1/tasks") { Headers = { { "Origin", "https://example.com" }, { "Access-Control-Request-Method", "POST" } } };

        await fixture.Http.SendAsync(message).ProblemAsync("forbidden-origin");
    }

    [Fact]
    public async Task WebSocket_OfAnotherPage_Forbidden()
    {
        var (status, text) = await RawConnection.AskAsync(
            fixture.Server.Url,
            $"GET /{Path} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Origin: https://example.com");

        Assert.Equal(403, status);
        Assert.Contains("\"forbidden-origin\"", text, StringComparison.Ordinal);
    }
}
