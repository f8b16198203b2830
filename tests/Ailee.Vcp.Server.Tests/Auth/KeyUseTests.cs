using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class KeyUseTests
{
    [Fact]
    public async Task UsedAt_ManyRequests_IsStoredOnceAMinute()
    {
        var time = KeyCalls.Clock();
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(time));
        var key = await server.MakeAsync("busy", "read");
        var used = time.GetUtcNow();

        for (var i = 0; i < 20; i++)
        {
            await server.AssertGoodAsync(key.Secret!);
        }

        Assert.Null(Stored(server, key.Id));
        Assert.Equal(used, (await server.Client.GetKeyAsync(key.Id, default)).UsedAt);
        await LogCalls.UntilAsync(() => Stored(server, key.Id) == used, () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.True(time.GetUtcNow() - used >= TimeSpan.FromSeconds(60));
        // Known a moment after it is stored.
        await LogCalls.UntilAsync(() => server.Get<ApiKeys>().UnstoredUses().All(use => use.Key != key.Id));
    }

    [Fact]
    public async Task UsedAt_AfterARestart_IsKnown()
    {
        using var directory = new TempDirectory();
        var time = KeyCalls.Clock();
        var server = await RunningServer.StartAsync(KeyCalls.Open(time) with { Directory = directory.Path });
        var key = await server.MakeAsync("seen", "read");
        var used = time.GetUtcNow();
        await server.AssertGoodAsync(key.Secret!);
        time.Advance(TimeSpan.FromSeconds(5));

        server = await server.RestartAsync();

        await using (server)
        {
            Assert.Equal(used, (await server.Client.GetKeyAsync(key.Id, default)).UsedAt);
        }
    }

    private static DateTimeOffset? Stored(RunningServer server, string id) => server.Database.Read(transaction => KeyStore.Find(transaction, id))!.UsedAt;
}
