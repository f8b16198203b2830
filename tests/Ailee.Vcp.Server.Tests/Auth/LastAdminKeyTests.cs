using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Nobody locks himself out, and keys outlive the process.</summary>
public sealed class LastAdminKeyTests
{
    private static readonly KeyRotationRequest NoGrace = new();

    [Fact]
    public async Task LastAdminKey_RevokedOrRotatedAway_Conflict()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var first = Assert.Single((await server.Client.ListKeysAsync(null, null, default)).Items);
        await server.MakeAsync("reader", "read", "audit", "nodes");

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-last-admin", () => server.Client.RevokeKeyAsync(first.Id, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-last-admin", () => server.Client.RotateKeyAsync(first.Id, NoGrace, default));

        // With a grace it goes on until it was seen that the new one works; then only the new one counts.
        var fresh = await server.Client.RotateKeyAsync(first.Id, new KeyRotationRequest { GraceSeconds = 600 }, default);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-last-admin", () => server.Client.RevokeKeyAsync(fresh.Id, default));
        using var http = VcpClient.CreateHttp(server.Url, fresh.Secret);
        Assert.NotNull((await new VcpClient(http).RevokeKeyAsync(first.Id, default)).RevokedAt);
    }

    [Fact]
    public async Task TwoAdminKeys_RevokeEachOtherAtOnce_OneStays()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open());
        var first = Assert.Single((await server.Client.ListKeysAsync(null, null, default)).Items);
        var second = await server.MakeAsync("second", "admin");
        var admin = File.ReadAllText(Path.Combine(server.DataDirectory, "admin.key")).Trim();

        var answers = await Task.WhenAll(
            server.SendAsync(admin, $"api/v1/keys/{second.Id}", "DELETE"),
            server.SendAsync(second.Secret, $"api/v1/keys/{first.Id}", "DELETE"));

        // The one that is late has lost its key, or may not take the last.
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Unauthorized);
        var usable = server.Database.Read(KeyStore.All).Count(key => key.RevokedAt is null);
        Assert.Equal(1, usable);
    }

    [Fact]
    public async Task Key_OverAfterItsGraceOrLife_ButNotBefore()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time));
        var old = await server.MakeAsync("old", "read");
        var brief = await server.Client.CreateKeyAsync(new KeyRequest { Name = "brief", Scopes = ["admin"], ExpiresInSeconds = 60 }, default);
        var fresh = await server.Client.RotateKeyAsync(old.Id, new KeyRotationRequest { GraceSeconds = 60 }, default);

        time.Advance(TimeSpan.FromSeconds(59));
        await server.AssertGoodAsync(old.Secret!);
        await server.AssertGoodAsync(brief.Secret!);
        time.Advance(TimeSpan.FromSeconds(1));

        await server.SendAsync(old.Secret).ProblemAsync("key-expired");
        await server.SendAsync(brief.Secret).ProblemAsync("key-expired");
        await server.AssertGoodAsync(fresh.Secret!);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-over", () => server.Client.RotateKeyAsync(brief.Id, NoGrace, default));
        // One that is over counts for nothing.
        var first = (await server.Client.ListKeysAsync(null, null, default)).Items.Single(key => key.Name == "admin");
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "key-last-admin", () => server.Client.RevokeKeyAsync(first.Id, default));
    }

    [Fact]
    public async Task Keys_AfterARestart_AreAsTheyWere()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(KeyCalls.Open() with { Directory = directory.Path });
        var kept = await server.MakeAsync("kept", "read");
        var revoked = await server.MakeAsync("revoked", "read");
        await server.Client.RevokeKeyAsync(revoked.Id, default);

        server = await server.RestartAsync();

        await using (server)
        {
            await server.AssertGoodAsync(kept.Secret!);
            await server.SendAsync(revoked.Secret).ProblemAsync("key-revoked");
        }
    }

    [Fact]
    public async Task Keys_MadeWithoutKeys_OpenTheServerOnceItNeedsThem()
    {
        using var directory = new TempDirectory();
        KeyView admin, worker;
        await using (var local = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path, NodeWorks = false }))
        {
            admin = await local.MakeAsync("boss", "admin");
            worker = await local.MakeAsync("worker", "tasks");
        }

        await using var server = await RunningServer.StartAsync(KeyCalls.Open() with { Directory = directory.Path });

        Assert.False(File.Exists(directory.File("admin.key")));
        await server.AssertGoodAsync(admin.Secret!);
        await server.AssertGoodAsync(worker.Secret!);
    }

    [Fact]
    public async Task Start_WithKeysButNoneOfAnAdministrator_MakesOne()
    {
        using var directory = new TempDirectory();
        await using (var local = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path, NodeWorks = false }))
        {
            await local.MakeAsync("worker", "tasks");
        }

        await using var server = await RunningServer.StartAsync(KeyCalls.Open() with { Directory = directory.Path });

        Assert.Equal(2, (await server.Client.ListKeysAsync(null, null, default)).Items.Count);
    }

    [Fact]
    public async Task Key_ChangedByAnotherProcess_CountsWithinSeconds()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time));
        var key = await server.MakeAsync("elsewhere", "read");
        await server.Database.WriteAsync(transaction => KeyStore.Revoke(transaction, key.Id, time.GetUtcNow()));
        await server.AssertGoodAsync(key.Secret!);

        time.Advance(TimeSpan.FromSeconds(2.1));

        await server.SendAsync(key.Secret).ProblemAsync("key-revoked");
    }
}
