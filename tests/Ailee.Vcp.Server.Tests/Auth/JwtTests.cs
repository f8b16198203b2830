using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Access tokens of an identity provider beside API keys.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = KeyCalls.Clock();
    private IdentityProvider? _provider;
    private RunningServer? _server;

    private IdentityProvider Provider => _provider!;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _server = await RunningServer.StartAsync(KeyCalls.Open(
            _time,
            ("Auth:Jwt:Authority", _provider.Authority),
            ("Auth:Jwt:Audience", "vcp"),
            ("RateLimits:FailuresPerMinute", "100000"),
            ("RateLimits:KeyRequestsPerMinute", "1000")));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Token_Good_IsATenantWithScopes(string algorithm)
    {
        var token = Provider.Token(Claims(scope: "openid vcp:tasks admin"), algorithm);

        await Server.AssertGoodAsync(token);
        var denied = await Server.SendAsync(token, "api/v1/keys").ProblemAsync("scope-missing");

        Assert.Equal("jwt:alice needs the scope admin; it has read, tasks.", denied.Detail);
        Assert.Equal("jwt:alice", Assert.Single(await Server.AuditAsync(AuditKinds.AuthDenied)).Actor);
    }

    [Fact]
    public async Task Token_ScopesAsAnArray_AreThoseScopes()
    {
        var token = Provider.Token(Claims(scope: new[] { "vcp:admin", "x" }));

        using var response = await Server.SendAsync(token, "api/v1/keys");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Token_ScopesAsAnythingElse_AreNone()
    {
        object[] scopes = [new { x = " vcp:admin " }, new object[] { new { x = " vcp:admin " } }, new object[] { new[] { " vcp:admin " } }];

        foreach (var scope in scopes)
        {
            await Server.SendAsync(Provider.Token(Claims(scope: scope))).ProblemAsync("scope-missing");
        }
    }

    [Fact]
    public async Task Token_WithoutOurScopes_MayNothing() =>
        await Server.SendAsync(Provider.Token(Claims(scope: "admin read openid"))).ProblemAsync("scope-missing");

    [Fact]
    public async Task Token_OfATenant_SeesItsOwnOnly()
    {
        var token = Provider.Token(Claims(scope: "vcp:tasks"));
        var module = await Server.Client.UploadAsync(Guests.Math);

        await Server.SendAsync(token, $"api/v1/modules/{module}").ProblemAsync("module-not-found");
    }

    [Fact]
    public async Task Token_Times_HoldWithASmallSkew()
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var later = Provider.Token(Claims(expires: now + 1000, notBefore: now + 31));
        var token = Provider.Token(Claims(expires: now + 60));

        await Server.AssertGoodAsync(token);
        await InvalidAsync(later);
        _time.Advance(TimeSpan.FromSeconds(89));
        await Server.AssertGoodAsync(token);
        await Server.AssertGoodAsync(later);
        _time.Advance(TimeSpan.FromSeconds(1));

        await InvalidAsync(token);
    }

    [Fact]
    public async Task Token_NotOfTheProvider_Invalid()
    {
        var good = Provider.Token(Claims());
        using var other = RSA.Create(2048);
        var header = new { alg = "RS256", kid = "rsa-1" };

        await InvalidAsync(
            "x",
            "a.b.c",
            good[..^4],
            good + "A",
            Tampered(good, part: 1),
            Tampered(good, part: 2),
            Provider.Token(Claims(), "none"),
            Provider.Token(Claims(), "HS256"),
            Provider.Token(Claims(), "RS256", "ec-1"),
            Provider.Token(Claims(), "RS256", "encrypts"),
            Provider.Token(Claims(), "RS256", "unknown"),
            Provider.Token(Claims(), "RS256", ""),
            IdentityProvider.Sign(header, Claims(), input => other.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            IdentityProvider.Sign(header, Claims(), _ => []),
            IdentityProvider.Sign(new { alg = "HS256", kid = "shared" }, Claims(), input => HMACSHA256.HashData("0123456789abcdef0123456789abcdef"u8, input)),
            IdentityProvider.Sign(new { alg = "RS256" }, Claims(), input => Provider.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        await Server.AssertGoodAsync(good);
    }

    [Fact]
    public async Task Token_WithOtherClaims_Invalid()
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();

        await InvalidAsync(
            Provider.Token(Claims(issuer: "https://idp.example")),
            Provider.Token(Claims(audience: "other")),
            Provider.Token(Claims(tenant: "Upper")),
            Provider.Token(Claims(tenant: "local")),
            Provider.Token(Claims(tenant: "")),
            Provider.Token(Claims(subject: "")),
            Provider.Token(Claims(subject: "a\nb")),
            Provider.Token(Claims(subject: "a\u2028b")),
            Provider.Token(Claims(subject: new string('a', 129))),
            Provider.Token(Claims(expires: now - 30)),
            Provider.Token(new { iss = Provider.Authority, aud = "vcp", sub = "alice", tenant = "shop", scope = "vcp:read" }),
            Provider.Token(new { iss = Provider.Authority, aud = "vcp", sub = "alice", exp = now + 60, scope = "vcp:read" }),
            Provider.Token(new { iss = Provider.Authority, aud = "vcp", sub = "alice", exp = now + 60, tenant = new[] { "shop" }, scope = "vcp:read" }),
            Provider.Token(new { iss = Provider.Authority, sub = "alice", exp = now + 60, tenant = "shop", scope = "vcp:read" }));
    }

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","crit":["x"],"x":1}""")]
    [InlineData("""{"alg":"RS256","kid":5}""")]
    [InlineData("""{"alg":"RS256","kid":{"a":1}}""")]
    [InlineData("""{"alg":["RS256"],"kid":"rsa-1"}""")]
    [InlineData("""{"alg":5}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"kid":"rsa-1"}""")]
    [InlineData("[]")]
    [InlineData("5")]
    public async Task Token_OddHeader_Invalid(string header) =>
        await InvalidAsync(IdentityProvider.Sign(JsonNode.Parse(header)!, Claims(), input => Provider.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

    [Theory]
    [InlineData("""{"iss":5}""")]
    [InlineData("""{"iss":["ISSUER"],"aud":"vcp","sub":"a","tenant":"shop","exp":1e400}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":"shop","exp":1e400}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":"shop","exp":-1e18}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":"shop","exp":"soon"}""")]
    [InlineData("""{"iss":"ISSUER","aud":{"a":"vcp"},"sub":"a","tenant":"shop","exp":4000000000}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":{"a":1},"tenant":"shop","exp":4000000000}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":{"shop":1},"exp":4000000000}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":5.5,"exp":4000000000}""")]
    [InlineData("""{"iss":"ISSUER","aud":"vcp","sub":"a","tenant":null,"exp":4000000000}""")]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Token_OddClaims_Invalid(string claims) =>
        await InvalidAsync(IdentityProvider.Sign(new { alg = "RS256", kid = "rsa-1" }, Encoding.UTF8.GetBytes(claims.Replace("ISSUER", Provider.Authority, StringComparison.Ordinal)), input => Provider.Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

    [Theory]
    [InlineData("5")]
    [InlineData("[5,null,{}]")]
    [InlineData("""{"vcp:admin":true}""")]
    [InlineData("null")]
    public async Task Token_OddScopes_MayNothing(string scopes) =>
        await Server.SendAsync(Provider.Token(Claims(scope: JsonNode.Parse($"[{scopes}]")![0] ?? JsonValue.Create("")))).ProblemAsync("scope-missing");

    [Fact]
    public async Task Keys_Rotated_AreReadAgainButNotForEveryUnknownOne()
    {
        await Server.AssertGoodAsync(Provider.Token(Claims()));
        Assert.Equal(1, Provider.Reads);
        Provider.RsaId = "rsa-2";
        for (var i = 0; i < 5; i++)
        {
            await InvalidAsync(Provider.Token(Claims(), "RS256", $"unknown-{i}"));
        }

        Assert.Equal(1, Provider.Reads);
        _time.Advance(JwtIssuer.LeastInterval);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.AssertGoodAsync(Provider.Token(Claims()))));

        Assert.Equal(2, Provider.Reads);
        await InvalidAsync(Provider.Token(Claims(), "RS256", "rsa-1"));
    }

    [Fact]
    public async Task Keys_AnHourOld_AreReadAgain()
    {
        await Server.AssertGoodAsync(Provider.Token(Claims()));
        _time.Advance(TimeSpan.FromHours(1));

        await Server.AssertGoodAsync(Provider.Token(Claims()));

        Assert.Equal(2, Provider.Reads);
    }

    [Fact]
    public async Task Provider_Down_TokensWaitAndKeysGoOn()
    {
        Provider.Instead = () => Results.StatusCode(500);
        var key = await Server.MakeAsync("worker", "read");

        var response = await Server.SendAsync(Provider.Token(Claims()));
        Assert.Equal("30", response.Headers.RetryAfter?.ToString());
        await response.ProblemAsync("identity-provider-unavailable");
        await Server.AssertGoodAsync(key.Secret!);
        // Nothing that comes up is tried before its time.
        Provider.Instead = null;
        await Server.SendAsync(Provider.Token(Claims())).ProblemAsync("identity-provider-unavailable");
        _time.Advance(JwtIssuer.LeastInterval);
        await Server.AssertGoodAsync(Provider.Token(Claims()));
    }

    [Fact]
    public async Task Provider_DownLater_KnownKeysAreGoodForADay()
    {
        await Server.AssertGoodAsync(Provider.Token(Claims()));
        Provider.Instead = () => Results.StatusCode(500);
        _time.Advance(TimeSpan.FromHours(23));
        await Server.AssertGoodAsync(Provider.Token(Claims()));
        await Server.SendAsync(Provider.Token(Claims(), "RS256", "unknown")).ProblemAsync("identity-provider-unavailable");

        _time.Advance(TimeSpan.FromHours(1));

        await Server.SendAsync(Provider.Token(Claims())).ProblemAsync("identity-provider-unavailable");
    }

    [Fact]
    public async Task Provider_ThatIsNotTheOneOrLeadsAway_IsNotTrusted()
    {
        Action[] ways =
        [
            () => Provider.Issuer = "http://127.0.0.1:1",
            () => Provider.KeysAddress = "http://idp.example/keys",
            () => Provider.KeysAddress = "file:///etc/passwd",
            () => Provider.Instead = () => Results.Redirect("/elsewhere"),
            () => Provider.Instead = () => Results.Text("not JSON"),
            () => Provider.Instead = () => Results.Json(new[] { 1 }),
            () => Provider.Instead = () => Results.Json(new { issuer = Provider.Authority }),
            () => Provider.Instead = () => Results.Text($$"""{"issuer":"{{Provider.Authority}}","jwks_uri":"{{Provider.Authority}}/keys","x":"{{new string('x', 300_000)}}"}"""),
        ];
        foreach (var way in ways)
        {
            (Provider.Issuer, Provider.KeysAddress, Provider.Instead) = (null, null, null);
            way();
            await Server.SendAsync(Provider.Token(Claims())).ProblemAsync("identity-provider-unavailable");
            _time.Advance(JwtIssuer.LeastInterval);
        }

        Assert.Equal(0, Provider.Reads);
        (Provider.Issuer, Provider.KeysAddress, Provider.Instead) = (null, null, null);
        await Server.AssertGoodAsync(Provider.Token(Claims()));
    }

    [Fact]
    public async Task Subject_BeyondTheRateOfKeys_Waits()
    {
        var token = Provider.Token(Claims());
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(Server.Get<RateLimits>().Take(new Caller("jwt:alice", "shop", Scope.Read) { Rate = Server.Get<RateLimits>().OfSubject("alice") }));
        }

        await Server.SendAsync(token).ProblemAsync("rate-exceeded");
        await Server.AssertGoodAsync(Provider.Token(Claims(subject: "bob")));
    }

    [Fact]
    public async Task Token_WithoutAProvider_IsNone()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(_time));

        await server.SendAsync(Provider.Token(Claims())).ProblemAsync("unauthorized");

        Assert.Equal(0, Provider.Reads);
    }

    private async Task InvalidAsync(params string[] tokens)
    {
        foreach (var token in tokens)
        {
            await Server.SendAsync(token).ProblemAsync("token-invalid");
        }
    }

    private object Claims(string? issuer = null, string audience = "vcp", string subject = "alice", string tenant = "shop", object? scope = null, long? expires = null, long? notBefore = null) => new
    {
        iss = issuer ?? Provider.Authority,
        aud = audience,
        sub = subject,
        tenant,
        scope = scope ?? "vcp:read",
        nbf = notBefore ?? 0,
        exp = expires ?? _time.GetUtcNow().ToUnixTimeSeconds() + 3600,
    };

    private static string Tampered(string token, int part)
    {
        var parts = token.Split('.');
        var text = new StringBuilder(parts[part]);
        text[10] = text[10] == 'A' ? 'B' : 'A';
        parts[part] = text.ToString();
        return string.Join('.', parts);
    }
}
