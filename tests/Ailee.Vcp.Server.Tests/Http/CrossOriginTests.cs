using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

/// <summary>Scripts of other pages: none by default, and those that are configured with a key.</summary>
public sealed class CrossOriginTests(CrossOriginTests.Fixture fixture) : IClassFixture<CrossOriginTests.Fixture>
{
    private const string Known = "https://console.example.org";

    [Fact]
    public async Task Preflight_KnownOrigin_SaysWhatIsAllowed()
    {
        using var response = await PreflightAsync(fixture.Server, Known);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Known, Header(response, "Access-Control-Allow-Origin"));
        Assert.Contains("DELETE", Header(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", Header(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://example.org")]
    [InlineData("http://console.example.org")]
    [InlineData("https://console.example.org:444")]
    [InlineData("https://console.example.org.evil.test")]
    [InlineData("https://CONSOLE.example.org")]
    [InlineData("null")]
    [InlineData("*")]
    public async Task AnyCall_OtherOrigin_IsToldNothing(string origin)
    {
        using var preflight = await PreflightAsync(fixture.Server, origin);
        using var call = await fixture.Server.Http.GetAsync("api/v1/stats", ("Origin", origin));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (preflight.StatusCode, call.StatusCode));
        Assert.All([preflight, call], response => Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal("Origin", Header(call, "Vary"));
    }

    [Fact]
    public async Task Call_KnownOrigin_MayReadAnswersAndErrors()
    {
        using var fine = await fixture.Server.Http.GetAsync("api/v1/stats", ("Origin", Known));
        using var missing = await fixture.Server.Http.GetAsync("api/v1/tasks/none", ("Origin", Known));
        using var anonymous = VcpClient.CreateHttp(fixture.Server.Url, null);
        using var unauthorized = await anonymous.GetAsync("api/v1/stats", ("Origin", Known));

        Assert.Equal([200, 404, 401], new[] { fine, missing, unauthorized }.Select(response => (int)response.StatusCode));
        Assert.All([fine, missing, unauthorized], response =>
        {
            Assert.Equal(Known, Header(response, "Access-Control-Allow-Origin"));
            Assert.Contains("Retry-After", Header(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        });
    }

    [Fact]
    public async Task Call_KnownOriginWhileNoKeyIsNeeded_Forbidden()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Http:Origins:0"] = Known } });

        await server.Http.GetAsync("api/v1/stats", ("Origin", Known)).ProblemAsync("forbidden-origin");
    }

    [Theory]
    [InlineData("https://example.org/")]
    [InlineData("https://Example.org")]
    [InlineData("https://example.org:443")]
    [InlineData("https://me@example.org")]
    [InlineData("ftp://example.org")]
    [InlineData("example.org")]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("")]
    public void Options_NoOrigin_Named(string origin) =>
        Assert.Contains("Http:Origins", Assert.Single(new HttpOptions { Origins = [origin] }.Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.org")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://[::1]:8443")]
    public void Options_Origin_Fine(string origin) => Assert.Empty(new HttpOptions { Origins = [origin] }.Problems());

    private static async Task<HttpResponseMessage> PreflightAsync(RunningServer server, string origin)
    {
        using var http = VcpClient.CreateHttp(server.Url, null);
        using var message = new HttpRequestMessage(HttpMethod.Options, "api/v1/tasks");
        message.Headers.TryAddWithoutValidation("Origin", origin);
        message.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        message.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization,content-type");
        return await http.SendAsync(message);
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    /// <summary>A server with keys and one known origin.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;

        internal RunningServer Server => _server!;

        public async ValueTask InitializeAsync() =>
            _server = await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", NodeWorks = false, Configuration = { ["Http:Origins:0"] = Known } });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
