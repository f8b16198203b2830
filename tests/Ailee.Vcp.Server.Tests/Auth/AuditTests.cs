using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class AuditTests
{
    [Fact]
    public async Task Trail_OfWhatAdministratorsDo_SaysWhoAndWhatAndNoSecret()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var admin = Assert.Single((await server.Client.ListKeysAsync(null, null, default)).Items);
        var key = await server.MakeAsync("worker", "tasks");
        var fresh = await server.Client.RotateKeyAsync(key.Id, new KeyRotationRequest(), default);
        await server.Client.RevokeKeyAsync(fresh.Id, default);
        var token = await server.Client.CreateJoinTokenAsync(new() { Owner = "alice" }, default);
        var module = await server.Client.UploadAsync(Guests.Math);
        await server.Client.DeleteModuleAsync(module, default);
        var bundle = await server.Client.UploadBundleAsync(Trees.Of(("a", "b")).Tar(), default);
        await server.Client.DeleteBundleAsync(Digest.Parse(bundle.Digest), default);
        var node = Assert.Single((await server.Client.ListNodesAsync(default)).Items).Id;
        await server.Client.DrainNodeAsync(NodeId.Parse(node), default);
        await server.Client.DrainNodeAsync(NodeId.Parse(node), default);
        await server.Client.ReleaseNodeAsync(NodeId.Parse(node), default);
        await server.Client.QuarantineNodeAsync(NodeId.Parse(node), "it lies", default);

        var trail = (await server.Client.ListAuditAsync(null, admin.Id, null, null, default)).Items.Reverse().ToList();

        Assert.Equal(
            [
                (AuditKinds.KeyCreated, key.Id),
                (AuditKinds.KeyRotated, key.Id),
                (AuditKinds.KeyRevoked, fresh.Id),
                (AuditKinds.NodeToken, "alice"),
                (AuditKinds.ModuleDeleted, module.ToString()),
                (AuditKinds.BundleDeleted, bundle.Digest),
                (AuditKinds.NodeDrained, node),
                (AuditKinds.NodeReleased, node),
                (AuditKinds.NodeQuarantined, node),
            ],
            trail.Select(happened => (happened.Kind, happened.Subject)));
        Assert.All(trail, happened => Assert.Equal(($"{admin.Id} admin", "127.0.0.1"), (happened.Actor, happened.Remote)));
        var all = string.Join('\n', (await server.Client.ListAuditAsync(null, null, 200, null, default)).Items);
        foreach (var secret in new[] { key.Secret!, fresh.Secret!, token.Token })
        {
            Assert.DoesNotContain(secret[5..], all, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Trail_OfAStart_SaysVersionAndWhetherKeysAreNeeded()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        await using var local = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });

        var started = Assert.Single(await server.AuditAsync(AuditKinds.ServerStarted));
        Assert.Equal("server", started.Actor);
        Assert.EndsWith("; keys needed", started.Detail, StringComparison.Ordinal);
        Assert.Equal(typeof(ServerHost).Assembly.GetName().Version!.ToString(3), started.Subject);
        Assert.EndsWith("; no keys needed", Assert.Single(await local.AuditAsync(AuditKinds.ServerStarted)).Detail, StringComparison.Ordinal);
        Assert.Equal("server", Assert.Single(await server.AuditAsync(AuditKinds.KeyCreated)).Actor);
        await local.MakeAsync("made-locally", "read");
        Assert.Equal("local", Assert.Single(await local.AuditAsync(AuditKinds.KeyCreated)).Actor);
    }

    [Fact]
    public async Task Trail_OfRefusals_CountsAlikeOnes()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time));
        var reader = await server.MakeAsync("reader", "read");
        var leaver = await server.MakeAsync("leaver", "read");
        var brief = await server.Client.CreateKeyAsync(new KeyRequest { Name = "brief", Scopes = ["read"], ExpiresInSeconds = 1 }, default);
        await server.Client.RevokeKeyAsync(leaver.Id, default);
        time.Advance(TimeSpan.FromSeconds(1));

        for (var i = 0; i < 5; i++)
        {
            await server.SendAsync($"vcp_wrong{i}").ProblemAsync("unauthorized");
            await server.SendAsync(leaver.Secret).ProblemAsync("key-revoked");
            await server.SendAsync(reader.Secret, $"api/v1/keys/key_{i}").ProblemAsync("scope-missing");
        }

        await server.SendAsync(brief.Secret).ProblemAsync("key-expired");
        await server.SendAsync(reader.Secret, "api/v1/keys", "POST").ProblemAsync("scope-missing");

        var failed = Assert.Single(await server.AuditAsync(AuditKinds.AuthFailed));
        Assert.Equal(("nobody", "127.0.0.1", "5 times within a minute"), (failed.Actor, failed.Remote, failed.Detail));
        Assert.Equal(($"{leaver.Id} leaver", "5 times within a minute"), Assert.Single(await server.AuditAsync(AuditKinds.AuthRevoked)) is var revoked ? (revoked.Actor, revoked.Detail) : default);
        Assert.Equal(($"{brief.Id} brief", "once"), Assert.Single(await server.AuditAsync(AuditKinds.AuthExpired)) is var expired ? (expired.Actor, expired.Detail) : default);
        Assert.Equal(
            [("GET /api/v1/keys/{id}", "5 times within a minute"), ("POST /api/v1/keys/", "once")],
            (await server.AuditAsync(AuditKinds.AuthDenied)).Select(denied => (denied.Subject, denied.Detail)));
    }

    [Fact]
    public async Task Denied_ByALongMethod_KeepsNoneOfIt()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var key = await server.MakeAsync("reader", "read");
        var context = new DefaultHttpContext();
        context.Request.Method = new string('X', 7000);
        context.Request.Headers.Authorization = $"Bearer {key.Secret}";
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/any"), 0, EndpointMetadataCollection.Empty, null));

        var problem = await server.Get<KeyGate>().CheckAsync(context);

        Assert.Equal("scope-missing", problem?.Kind.Code);
        Assert.Equal("other /any", Assert.Single(await server.AuditAsync(AuditKinds.AuthDenied)).Subject);
    }

    [Fact]
    public void Tally_OfAFlood_IsBounded()
    {
        var tally = new AuditTally(KeyCalls.Clock());
        for (var i = 0; i < 100_000; i++)
        {
            tally.Add(AuditKinds.AuthFailed, "nobody", RemoteAddress.Of(new IPAddress(i)), null);
        }

        tally.Add(AuditKinds.AuthDenied, "key_1 a", default, "GET /x");

        var events = tally.Take();
        Assert.Equal(66, events.Count);
        Assert.Equal("99936 times within a minute", Assert.Single(events, happened => happened.Actor == "others").Detail);
        Assert.Single(events, happened => happened.Kind == AuditKinds.AuthDenied);
        Assert.Empty(tally.Take());
    }

    [Fact]
    public async Task Trail_NotYetStored_IsThereAfterARestart()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(KeyCalls.Open() with { Directory = directory.Path });
        await server.SendAsync("vcp_wrong").ProblemAsync("unauthorized");

        server = await server.RestartAsync();

        await using (server)
        {
            Assert.Single(await server.AuditAsync(AuditKinds.AuthFailed));
            Assert.Equal(2, (await server.AuditAsync(AuditKinds.ServerStarted)).Count);
        }
    }

    [Fact]
    public async Task Trail_OlderThanItIsKept_Goes()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time, ("Auth:AuditDays", "2")));
        await server.MakeAsync("early", "read");
        time.Advance(TimeSpan.FromDays(2));
        await server.MakeAsync("late", "read");
        Assert.Equal(3, (await server.AuditAsync(AuditKinds.KeyCreated)).Count);

        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Single(await server.AuditAsync(AuditKinds.KeyCreated));
        Assert.Empty(await server.AuditAsync(AuditKinds.ServerStarted));
    }

    [Fact]
    public async Task List_ByKindActorAndPage_OnlyWhatFits()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        for (var i = 0; i < 5; i++)
        {
            await server.MakeAsync($"k{i}", "read");
        }

        var first = await server.Client.ListAuditAsync(AuditKinds.KeyCreated, null, 4, null, default);
        var rest = await server.Client.ListAuditAsync(AuditKinds.KeyCreated, null, 4, first.Next, default);

        Assert.Equal((4, 2, null), (first.Items.Count, rest.Items.Count, rest.Next));
        Assert.Equal(first.Items.Concat(rest.Items).Select(happened => happened.Id).OrderDescending(), first.Items.Concat(rest.Items).Select(happened => happened.Id));
        Assert.Single((await server.Client.ListAuditAsync(AuditKinds.KeyCreated, "server", null, null, default)).Items);
        Assert.Empty((await server.Client.ListAuditAsync(null, "key_%", null, null, default)).Items);
        await server.Http.GetAsync("api/v1/audit?kind=x").ProblemAsync("malformed-request");
        await server.Http.GetAsync("api/v1/audit?limit=0").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task Cancel_ByAnotherTenantsAdministrator_IsWrittenDown()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var key = await server.MakeAsync("worker", "tasks");
        using var http = VcpClient.CreateHttp(server.Url, key.Secret);
        var worker = new VcpClient(http);
        var module = await worker.UploadAsync(Guests.Math);
        var (own, others) = (await worker.SubmitAsync(module, "add", 1, 2), await worker.SubmitAsync(module, "add", 1, 3));

        await worker.CancelTaskAsync(own, default);
        await server.Client.CancelTaskAsync(others, default);

        var cancelled = Assert.Single(await server.AuditAsync(AuditKinds.TaskCancelled));
        Assert.Equal((others.ToString(), "of worker"), (cancelled.Subject, cancelled.Detail));
    }

    [Fact]
    public async Task Change_WhoseEventCannotBeWritten_IsNotMade()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var key = await server.MakeAsync("worker", "tasks");
        await server.Database.WriteAsync(transaction => transaction.Execute("ALTER TABLE audit_events RENAME TO hidden"));

        using var refused = await server.SendAsync(File.ReadAllText(Path.Combine(server.DataDirectory, "admin.key")).Trim(), $"api/v1/keys/{key.Id}", "DELETE");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Null(server.Database.Read(transaction => KeyStore.Find(transaction, key.Id))!.RevokedAt);
        await server.Database.WriteAsync(transaction => transaction.Execute("ALTER TABLE hidden RENAME TO audit_events"));
        await server.AssertGoodAsync(key.Secret!);
    }
}
