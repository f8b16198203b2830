using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Without keys only this machine may call, and no web page or proxy on its behalf.</summary>
public sealed class LoopbackAccessTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    private const string Path = "api/v1/stats";

    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com:80")]
    [InlineData("127.0.0.1.example.com")]
    [InlineData("localhost.example.com")]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("[::2]")]
    public async Task Call_ForeignHost_Forbidden(string host)
    {
        foreach (var path in (string[])[Path, "metrics", "swagger/v1/swagger.json", "nowhere"])
        {
            await fixture.Http.GetAsync(path, ("Host", host)).ProblemAsync("forbidden-host");
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1234")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    public async Task Call_LoopbackHost_Fine(string host)
    {
        using var response = await fixture.Http.GetAsync(Path, ("Host", host));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    [InlineData("")]
    public async Task Call_ForeignOrigin_Forbidden(string origin) => await fixture.Http.GetAsync(Path, ("Origin", origin)).ProblemAsync("forbidden-origin");

    [Fact]
    public async Task Call_ForeignOriginThatPosts_ForbiddenAndNothingHappens()
    {
        var before = (await fixture.Client.GetStatsAsync(default)).Modules;

        await fixture.Http.PostAsync("api/v1/modules", Guests.Unique(1), MediaTypes.Wat, ("Origin", "https://example.com")).ProblemAsync("forbidden-origin");

        Assert.Equal(before, (await fixture.Client.GetStatsAsync(default)).Modules);
    }

    [Fact]
    public async Task Call_OriginOfAnotherScheme_Forbidden() =>
        await fixture.Http.GetAsync(Path, ("Origin", $"https://{fixture.Http.BaseAddress!.Authority}")).ProblemAsync("forbidden-origin");

    [Fact]
    public async Task Call_OwnOrigin_Fine()
    {
        using var response = await fixture.Http.GetAsync(Path, ("Origin", $"http://{fixture.Http.BaseAddress!.Authority}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("forwarded", "")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Via", "127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("x-forwarded-proto", "https")]
    [InlineData("X-Original-For", "127.0.0.1:4711")]
    public async Task Call_ThroughAProxy_Forbidden(string name, string value) => await fixture.Http.GetAsync(Path, (name, value)).ProblemAsync("forbidden-proxy");

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task Health_AnyHostOriginAndProxy_Answers(string path)
    {
        using var response = await fixture.Http.GetAsync(path, ("Host", "pod-1"), ("Origin", "https://example.com"), ("X-Forwarded-For", "192.0.2.1"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Call_WithAKeyThatNobodyAskedFor_Fine()
    {
        using var response = await fixture.Http.GetAsync(Path, ("Authorization", "Bearer none"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(File.Exists(System.IO.Path.Combine(fixture.Server.DataDirectory, "admin.key")));
    }
}
