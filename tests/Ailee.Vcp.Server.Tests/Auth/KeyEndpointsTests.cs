using System.Net;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class KeyEndpointsTests(KeyEndpointsTests.Fixture fixture) : IClassFixture<KeyEndpointsTests.Fixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Create_Key_IsShownOnceAndOpensWhatItMay()
    {
        var request = """{"name":"Build server","tenant":"ci","scopes":["tasks"],"expiresInSeconds":60,"limits":{"tasksInFlight":3,"gasPerDay":0}}""";
        var admin = File.ReadAllText(Path.Combine(Server.DataDirectory, "admin.key")).Trim();

        var response = await Server.SendAsync(admin, "api/v1/keys", "POST", request);

        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var made = await response.KeyAsync(HttpStatusCode.Created);
        Assert.Equal($"/api/v1/keys/{made.Id}", response.Headers.Location?.ToString());
        Assert.Equal(("Build server", "ci", "tasks", 3L, 0L), (made.Name, made.Tenant, Assert.Single(made.Scopes), made.Limits!.TasksInFlight, made.Limits.GasPerDay));
        Assert.Equal(made.CreatedAt.AddSeconds(60), made.ExpiresAt);
        await Server.AssertGoodAsync(made.Secret!);
        await Server.SendAsync(made.Secret, "api/v1/keys").ProblemAsync("scope-missing");
        var shown = await Server.Client.GetKeyAsync(made.Id, default);
        Assert.Equal(made with { Secret = null, UsedAt = shown.UsedAt, Scopes = shown.Scopes }, shown);
        Assert.NotNull(shown.UsedAt);
        Assert.DoesNotContain(made.Secret![8..], await Server.Http.GetStringAsync("api/v1/keys"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["read"]}""")]
    [InlineData("""{"name":" a","tenant":"a","scopes":["read"]}""")]
    [InlineData("""{"name":"a\u0000b","tenant":"a","scopes":["read"]}""")]
    [InlineData("""{"name":"a\u202eb","tenant":"a","scopes":["read"]}""")]
    [InlineData("""{"name":"A","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"Upper","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"-a","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"a/b","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"local","scopes":["read"]}""")]
    [InlineData("""{"name":"a","tenant":"audit","scopes":["read"]}""")]
    [InlineData("""{"name":"treasury","scopes":["read"]}""")]
    [InlineData("""{"name":"nobody","scopes":["read"]}""")]
    [InlineData("""{"name":"a","scopes":[]}""")]
    [InlineData("""{"name":"a","scopes":["read","root"]}""")]
    [InlineData("""{"name":"a","scopes":["Admin"]}""")]
    [InlineData("""{"name":"a","scopes":[null]}""")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresAt":"2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresInSeconds":0}""")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresInSeconds":9223372036854775807}""")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresInSeconds":5,"expiresAt":"2901-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"a","scopes":["read"],"limits":{"requestsPerMinute":0}}""")]
    [InlineData("""{"name":"a","scopes":["read"],"limits":{"tasksInFlight":-1}}""")]
    [InlineData("""{"name":"a","scopes":["read"],"limits":{"gasPerDay":-1}}""")]
    [InlineData("""{"name":"a","scopes":["read"],"limits":{"storedBytes":-1}}""")]
    public async Task Create_OutOfBounds_Invalid(string request)
    {
        var before = (await Server.Client.ListKeysAsync(200, null, default)).Items.Count;

        await Server.Http.PostAsync("api/v1/keys", request, "application/json").ProblemAsync("key-invalid");

        Assert.Equal(before, (await Server.Client.ListKeysAsync(200, null, default)).Items.Count);
    }

    [Theory]
    [InlineData("""{"name":"a","scopes":["read"],"hash":"x"}""")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"name":null,"scopes":["read"]}""")]
    [InlineData("""{"name":"a","scopes":["read"],"expiresAt":"2901-01-01T00:00:00"}""")]
    public async Task Create_OtherJson_Malformed(string request) =>
        await Server.Http.PostAsync("api/v1/keys", request, "application/json").ProblemAsync("malformed-json");

    [Fact]
    public async Task List_Pages_AreAllNewestFirst()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await Server.MakeAsync($"page-{i}", "read")).Id);
        }

        var listed = new List<KeyView>();
        string? after = null;
        do
        {
            var page = await Server.Client.ListKeysAsync(2, after, default);
            listed.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(listed.Select(key => key.Id).Distinct(), listed.Select(key => key.Id));
        Assert.Equal(listed.OrderByDescending(key => key.CreatedAt).ThenByDescending(key => key.Id, StringComparer.Ordinal).Select(key => key.Id), listed.Select(key => key.Id));
        Assert.Equal(made.Order(), listed.Select(key => key.Id).Where(made.Contains).Order());
        Assert.All(listed, key => Assert.Null(key.Secret));
        await Server.Http.GetAsync("api/v1/keys?limit=0").ProblemAsync("malformed-request");
        await Server.Http.GetAsync("api/v1/keys?after=x").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task Revoke_Key_OpensNothingAtOnceAndIsListed()
    {
        var key = await Server.MakeAsync("leaver", "read", "tasks");
        await Server.AssertGoodAsync(key.Secret!);

        var revoked = await Server.Client.RevokeKeyAsync(key.Id, default);
        var again = await Server.Client.RevokeKeyAsync(key.Id, default);

        var problem = await Server.SendAsync(key.Secret).ProblemAsync("key-revoked");
        Assert.Contains(key.Id, problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(revoked.RevokedAt);
        Assert.Equal(revoked.RevokedAt, again.RevokedAt);
        Assert.Single(await Server.AuditAsync(AuditKinds.KeyRevoked), happened => happened.Subject == key.Id);
    }

    [Fact]
    public async Task Revoke_OneKeyAtOnce_IsRevokedOnce()
    {
        var key = await Server.MakeAsync("contended", "read");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.Client.RevokeKeyAsync(key.Id, default)));

        Assert.Single(answers.Select(answer => answer.RevokedAt).Distinct());
        await Server.SendAsync(key.Secret).ProblemAsync("key-revoked");
        Assert.Single(await Server.AuditAsync(AuditKinds.KeyRevoked), happened => happened.Subject == key.Id);
    }

    [Fact]
    public async Task Rotate_NoGrace_NewKeyLikeTheOldWhichIsRevoked()
    {
        var old = await Server.Client.CreateKeyAsync(
            new KeyRequest { Name = "service", Tenant = "shop", Scopes = ["tasks", "audit"], ExpiresInSeconds = 1000, Limits = new KeyLimitsView { StoredBytes = 5 } }, default);

        var fresh = await Server.Client.RotateKeyAsync(old.Id, new KeyRotationRequest(), default);

        Assert.NotEqual((old.Id, old.Secret), (fresh.Id, fresh.Secret));
        Assert.Equal((old.Name, old.Tenant, old.Limits, TimeSpan.FromSeconds(1000)), (fresh.Name, fresh.Tenant, fresh.Limits, fresh.ExpiresAt - fresh.CreatedAt));
        Assert.Equal(old.Scopes, fresh.Scopes);
        await Server.AssertGoodAsync(fresh.Secret!);
        await Server.SendAsync(old.Secret).ProblemAsync("key-revoked");
        Assert.Equal(fresh.Id, (await Server.Client.GetKeyAsync(old.Id, default)).Successor);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-over", () => Server.Client.RotateKeyAsync(old.Id, new KeyRotationRequest(), default));
    }

    [Fact]
    public async Task Rotate_KeyOfTheLongestLife_EndsWithTheLastDay()
    {
        var last = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        var old = await Server.Client.CreateKeyAsync(new KeyRequest { Name = "for ever", Tenant = "long", Scopes = ["read"], ExpiresAt = last }, default);

        var fresh = await Server.Client.RotateKeyAsync(old.Id, new KeyRotationRequest(), default);

        Assert.Equal(last, fresh.ExpiresAt);
    }

    [Fact]
    public async Task Rotate_OneKeyAtOnce_HasOneSuccessor()
    {
        var old = await Server.MakeAsync("twice", "read");
        var request = """{"graceSeconds":60}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Server.Http.PostAsync($"api/v1/keys/{old.Id}/rotate", request, "application/json")));

        var fresh = await Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created).KeyAsync(HttpStatusCode.Created);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await refused.ProblemAsync("key-over");
        }

        await Server.AssertGoodAsync(old.Secret!);
        await Server.AssertGoodAsync(fresh.Secret!);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(KeyFields.MostGraceSeconds + 1)]
    public async Task Rotate_GraceOutOfBounds_Invalid(int grace)
    {
        var key = await Server.MakeAsync("grace", "read");

        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "key-invalid", () => Server.Client.RotateKeyAsync(key.Id, new KeyRotationRequest { GraceSeconds = grace }, default));
        await Server.AssertGoodAsync(key.Secret!);
    }

    [Fact]
    public async Task Unknown_Id_NotFound()
    {
        foreach (var id in new[] { "key_0000000000000000", "x", "key_'; DROP TABLE api_keys" })
        {
            await Calls.RefusedAsync(HttpStatusCode.NotFound, "key-not-found", () => Server.Client.GetKeyAsync(id, default));
            await Calls.RefusedAsync(HttpStatusCode.NotFound, "key-not-found", () => Server.Client.RevokeKeyAsync(id, default));
            await Calls.RefusedAsync(HttpStatusCode.NotFound, "key-not-found", () => Server.Client.RotateKeyAsync(id, new KeyRotationRequest(), default));
        }
    }

    [Fact]
    public async Task Identify_HashThatBeginsAlike_IsNoKey()
    {
        var made = ApiKeySecret.Create();
        var hash = ApiKeySecret.HashOf(made.Secret);
        hash[^1] ^= 1;
        await Server.Database.WriteAsync(transaction => KeyStore.Add(transaction, new ApiKey(made.Id, hash, "alike", "alike", Scope.Admin, DateTimeOffset.UnixEpoch)));
        Server.Get<ApiKeys>().Reload();

        await Server.SendAsync(made.Secret).ProblemAsync("unauthorized");
    }

    /// <summary>A server that needs keys.</summary>
    public sealed class Fixture : ServerFixture
    {
        internal override ServerSetup Setup => KeyCalls.Open(null, ("RateLimits:FailuresPerMinute", "100000"));
    }
}
