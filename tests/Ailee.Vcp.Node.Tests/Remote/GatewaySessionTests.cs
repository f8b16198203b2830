using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Remote;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>How a node begins and keeps its session.</summary>
public sealed class GatewaySessionTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();

    private HttpNodeGateway Gateway => _node.Gateway;

    private FakeServer Server => _node.Server;

    [Fact]
    public async Task Session_NearItsEnd_IsReplacedBeforeIt()
    {
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        _node.Time.Advance(TimeSpan.FromMinutes(56));
        Server.Fail("challenge", Fault.RequestLost);

        // What there is, is good while the next one is started.
        await Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default);
        await _node.AdvanceUntilAsync(() => Server.CountOf("session") == 2);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        Assert.Equal(2, Server.CountOf("session"));
    }

    [Theory]
    [InlineData("challenge", Fault.ResponseLost)]
    [InlineData("challenge", Fault.Garbage)]
    [InlineData("session", Fault.RequestLost)]
    [InlineData("session", Fault.ResponseLost)]
    [InlineData("session", Fault.Busy)]
    [InlineData("session", Fault.Cut)]
    public async Task Session_StartLost_IsStartedAgain(string call, object fault)
    {
        Server.Fail(call, (Fault)fault, (Fault)fault, (Fault)fault);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.Single(Server.Heartbeats);
    }

    [Fact]
    public async Task Session_EndedAgainAndAgain_SlowsDownAndSaysWhy()
    {
        for (var i = 0; i < 6; i++)
        {
            Server.Fail("heartbeat", Fault.SessionEnded);
            await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        }

        Assert.True(_node.Log.Has(LogLevel.Error, "another agent"));
        Assert.True(_node.Time.GetUtcNow() - RemoteNodeFixture.Start >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Session_OfAnotherServer_SignsNothing()
    {
        var gateway = Gateway;
        using var pinned = Server.Log;
        Server.Log = SigningKey.Create();

        var beating = gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default);
        await _node.AdvanceUntilAsync(() => Server.CountOf("challenge") >= 3);

        Assert.Equal(0, Server.CountOf("session"));
        Assert.True(_node.Log.Has(LogLevel.Error, "IS NOT THE SERVER"));
        Assert.False(beating.IsCompleted);
    }

    [Fact]
    public async Task Session_Checkpoint_IsPresentedAtTheNextAndNeverGoesBack()
    {
        var seen = Server.Checkpoint = Server.CheckpointOf(9);
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        foreach (var other in (string[])[Server.CheckpointOf(4), Server.CheckpointOf(9, root: 7), "garbage"])
        {
            Server.Checkpoint = other;
            Server.Fail("heartbeat", Fault.SessionEnded);
            await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        }

        Assert.Equal([null, seen, seen, seen], Server.Presented);
        Assert.Equal(seen, await File.ReadAllTextAsync(_node.Directory.Checkpoint, TestContext.Current.CancellationToken));
        Assert.True(_node.Log.Has(LogLevel.Critical, "WENT BACK"));
        Assert.True(_node.Log.Has(LogLevel.Critical, "HAS FORKED"));
        Assert.True(_node.Log.Has(LogLevel.Critical, "did not sign"));
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();
}
