using System.Globalization;
using System.Net;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Key_BeyondItsRate_WaitsAsLongAsItIsTold()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time));
        var slow = await server.Client.CreateKeyAsync(new KeyRequest { Name = "slow", Scopes = ["read"], Limits = new KeyLimitsView { RequestsPerMinute = 3 } }, default);
        var other = await server.MakeAsync("other", "read");
        for (var i = 0; i < 3; i++)
        {
            await server.AssertGoodAsync(slow.Secret!);
        }

        Assert.Equal(20, await RefusedAsync(server, slow.Secret));
        // What it may not do at all takes of its rate too.
        Assert.Equal(20, await RefusedAsync(server, slow.Secret, "api/v1/keys"));
        await server.AssertGoodAsync(other.Secret!);
        // Taking the keys over again gives nothing back.
        server.Get<ApiKeys>().Reload();
        Assert.Equal(20, await RefusedAsync(server, slow.Secret));
        time.Advance(TimeSpan.FromSeconds(20));
        await server.AssertGoodAsync(slow.Secret!);
        Assert.Equal(20, await RefusedAsync(server, slow.Secret));
    }

    [Fact]
    public async Task Key_WithoutALimit_HasTheServers()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(KeyCalls.Clock(), ("RateLimits:KeyRequestsPerMinute", "5")));
        var key = await server.MakeAsync("plain", "read");
        var own = await server.Client.CreateKeyAsync(new KeyRequest { Name = "own", Scopes = ["read"], Limits = new KeyLimitsView { RequestsPerMinute = 10 } }, default);
        for (var i = 0; i < 5; i++)
        {
            await server.AssertGoodAsync(key.Secret!);
            await server.AssertGoodAsync(own.Secret!);
        }

        Assert.Equal(12, await RefusedAsync(server, key.Secret));
        await server.AssertGoodAsync(own.Secret!);
    }

    [Fact]
    public async Task Address_TooManyWrongKeys_WaitsAlsoWithAGoodOne()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time, ("RateLimits:FailuresPerMinute", "4")));
        var key = await server.MakeAsync("good", "read");
        foreach (var wrong in new[] { "vcp_wrong", "wrong", key.Secret + "x", "vcp_" })
        {
            await server.SendAsync(wrong).ProblemAsync("unauthorized");
        }

        Assert.Equal(15, await RefusedAsync(server, "vcp_wrong"));
        Assert.Equal(15, await RefusedAsync(server, key.Secret));
        // It was not looked at.
        Assert.Equal(4, Times(Assert.Single(await AuditAsync(server, AuditKinds.AuthFailed))));
        // Who sends nothing fails nothing, and health and the log are for everybody.
        await server.SendAsync(null).ProblemAsync("unauthorized");
        foreach (var path in new[] { "health/live", "api/v1/log/key" })
        {
            using var open = await server.SendAsync("vcp_wrong", path);
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        }

        time.Advance(TimeSpan.FromSeconds(15));
        await server.AssertGoodAsync(key.Secret!);
    }

    [Fact]
    public async Task Address_WithoutAKey_HasARateOfItsOwn()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time, ("RateLimits:AnonymousRequestsPerMinute", "6")));
        var key = await server.MakeAsync("good", "read");
        foreach (var path in new[] { "api/v1/log/key", "api/v1/log/checkpoint", "swagger/index.html", "api/v1/tasks", "nowhere", $"api/v1/nodes/{new string('A', 43)}/heartbeat" })
        {
            using var response = await server.SendAsync(null, path, path.EndsWith("heartbeat", StringComparison.Ordinal) ? "POST" : "GET");
            Assert.NotEqual(HttpStatusCode.TooManyRequests, response.StatusCode);
        }

        Assert.Equal(10, await RefusedAsync(server, null, "api/v1/log/key"));
        Assert.Equal(10, await RefusedAsync(server, null));
        await server.AssertGoodAsync(key.Secret!);
        for (var i = 0; i < 20; i++)
        {
            using var health = await server.SendAsync(null, "health/ready");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Fact]
    public async Task Loopback_WithoutKeys_IsNotLimited()
    {
        var limits = new Dictionary<string, string> { ["RateLimits:AnonymousRequestsPerMinute"] = "1", ["RateLimits:KeyRequestsPerMinute"] = "1", ["RateLimits:FailuresPerMinute"] = "1" };
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = limits, Time = KeyCalls.Clock() });

        for (var i = 0; i < 10; i++)
        {
            await server.AssertGoodAsync("vcp_wrong");
        }
    }

    [Fact]
    public async Task Node_BeyondItsRate_Waits()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time, ("RateLimits:NodeRequestsPerMinute", "1")));
        using var node = await JoiningNode.EnrolledAsync(server);
        var token = (await node.StartAsync()).Token;
        var path = $"api/v1/nodes/{node.Id}/heartbeat";

        using var first = await server.SendAsync(token, path, "POST");
        var second = await server.SendAsync(token, path, "POST");

        Assert.NotEqual(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal("60", second.Headers.RetryAfter?.ToString());
        await second.ProblemAsync("rate-exceeded");
    }

    private static async Task<int> RefusedAsync(RunningServer server, string? bearer, string path = "api/v1/tasks")
    {
        var response = await server.SendAsync(bearer, path);
        var seconds = response.Headers.RetryAfter?.Delta;
        await response.ProblemAsync("rate-exceeded");
        return (int)seconds!.Value.TotalSeconds;
    }

    private static async Task<List<AuditEvent>> AuditAsync(RunningServer server, string kind)
    {
        await server.Get<AccessUpkeep>().FlushAsync();
        return server.Database.Read(transaction => transaction.Query(
            "SELECT kind, actor, at_ms, remote, detail FROM audit_events WHERE kind = $kind",
            row => new AuditEvent(row.Text(0), row.Text(1), row.Time(2)) { Remote = row.NullableText(3), Detail = row.NullableText(4) },
            ("$kind", kind)));
    }

    private static int Times(AuditEvent happened) => int.Parse(happened.Detail!.Split(' ')[0], CultureInfo.InvariantCulture);
}
