using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class SecurityHeadersTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Theory]
    [InlineData("api/v1/stats", 200)]
    [InlineData("api/v1/tasks/none", 404)]
    [InlineData("api/v1/tasks?limit=no", 400)]
    [InlineData("nowhere", 404)]
    [InlineData("health/ready", 200)]
    [InlineData("metrics", 200)]
    public async Task Answer_Any_IsNoPageAndNotKept(string path, int status)
    {
        using var response = await fixture.Http.GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        AssertHeaders(response, "default-src 'none'; frame-ancestors 'none'");
        Assert.Equal("no-store", Header(response, "Cache-Control"));
    }

    [Fact]
    public async Task Answer_Refused_HasThemToo()
    {
        using var foreign = await fixture.Http.GetAsync("api/v1/stats", ("Origin", "https://example.com"));
        using var wrong = await fixture.Http.PostAsync("api/v1/tasks", "{", MediaTypes.Json);
        using var large = await fixture.Http.PostAsync("api/v1/modules", new byte[100_000], MediaTypes.Wasm);

        Assert.Equal([403, 400, 413], new[] { foreign, wrong, large }.Select(response => (int)response.StatusCode));
        Assert.All([foreign, wrong, large], response => AssertHeaders(response, "default-src 'none'; frame-ancestors 'none'"));
    }

    [Fact]
    public async Task Answer_OfTheLog_MayBeKept()
    {
        using var checkpoint = await fixture.Http.GetAsync("api/v1/log/checkpoint");
        using var tile = await fixture.Http.GetAsync("api/v1/log/tile/0/000.p/1");

        Assert.Equal(("no-cache", "public, max-age=31536000, immutable"), (Header(checkpoint, "Cache-Control"), Header(tile, "Cache-Control")));
    }

    [Fact]
    public async Task Pages_LoadOnlyWhatIsTheirs()
    {
        using var page = await fixture.Http.GetAsync("swagger/index.html");
        var text = await page.Content.ReadAsStringAsync();

        AssertHeaders(page, Header(page, "Content-Security-Policy"));
        Assert.Contains("script-src 'self';", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        // The policy forbids scripts within the page, so there must be none.
        Assert.DoesNotMatch("<script(?![^>]*\\bsrc=)[^>]*>\\s*\\S", text);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", text);
        Assert.DoesNotMatch("\\son[a-z]+=", text);
    }

    private static void AssertHeaders(HttpResponseMessage response, string policy)
    {
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal(policy, Header(response, "Content-Security-Policy"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Resource-Policy"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
