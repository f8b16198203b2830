using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Remote;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class HttpNodeGatewayTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();
    private readonly FakeGateway _offers = new();

    private HttpNodeGateway Gateway => _node.Gateway;

    private FakeServer Server => _node.Server;

    [Theory]
    [InlineData(Fault.RequestLost)]
    [InlineData(Fault.ResponseLost)]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.SessionEnded)]
    [InlineData(Fault.Garbage)]
    [InlineData(Fault.Cut)]
    public async Task Lease_AnswerLost_AsksUnderTheSameNameUntilAnsweredThenUnderANewOne(object fault)
    {
        var (first, second) = (_offers.Offer(FakeGateway.Add, 1, 2), _offers.Offer(FakeGateway.Add, 3, 4));
        Server.Fail("leases", (Fault)fault, (Fault)fault);
        Server.Send(first);
        Server.Send(second);

        var lease = Assert.Single(await _node.AdvanceUntilAsync(Gateway.LeaseAsync(8, default)));
        var next = Assert.Single(await _node.AdvanceUntilAsync(Gateway.LeaseAsync(8, default)));

        Assert.Equal((first.Lease, second.Lease), (lease.Lease, next.Lease));
        Assert.Equal(first.Invocation.ToArray(), lease.Invocation.ToArray());
        Assert.Equal(2, Server.Polls.Distinct().Count());
        Assert.Equal(4, Server.CountOf("leases"));
    }

    [Fact]
    public async Task Lease_NobodyAnswers_GivesUpInTimeAndAsksAgainUnderTheSameName()
    {
        var asking = Gateway.LeaseAsync(1, default);
        await _node.AdvanceUntilAsync(() => Server.Polls.Count == 2);
        var offer = _offers.Offer(FakeGateway.Add, 1, 2);
        Server.Send(offer);

        Assert.Equal(offer.Lease, Assert.Single(await _node.AdvanceUntilAsync(asking)).Lease);
        Assert.Single(Server.Polls.Distinct());
        Assert.True(_node.Time.GetUtcNow() - RemoteNodeFixture.Start >= TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task Lease_EmptyAnswersAtOnce_AsksOncePerSecond()
    {
        for (var i = 0; i < 5; i++)
        {
            Server.Send();
        }

        var offer = _offers.Offer(FakeGateway.Add, 1, 2);
        Server.Send(offer);

        Assert.Equal(offer.Lease, Assert.Single(await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default))).Lease);
        Assert.Equal(6, Server.Polls.Distinct().Count());
        Assert.True(_node.Time.GetUtcNow() - RemoteNodeFixture.Start >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Lease_MoreThanAskedOrHoles_TakesWhatWasAsked()
    {
        var offers = Enumerable.Range(0, 3).Select(number => _offers.Offer(FakeGateway.Add, number, 2)).ToArray();
        Server.Send([null!, .. offers]);

        Assert.Equal(offers[..2].Select(offer => offer.Lease), (await _node.AdvanceUntilAsync(Gateway.LeaseAsync(2, default))).Select(lease => lease.Lease));
    }

    [Fact]
    public async Task Lease_Refused_AsksAgainLaterUnderANewName()
    {
        var refused = 0;
        Server.Override = call => call == "leases" && refused++ < 3 ? Server.Problem(HttpStatusCode.Forbidden, "not-your-node") : null;
        Server.Send(_offers.Offer(FakeGateway.Add, 1, 2));

        await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default));

        Assert.Equal(4, Server.CountOf("leases"));
        Assert.True(_node.Log.Has(LogLevel.Error, "not-your-node"));
        Assert.True(_node.Time.GetUtcNow() - RemoteNodeFixture.Start >= TimeSpan.FromSeconds(3.5));
    }

    [Fact]
    public async Task Lease_BusyServerThatSaysHowLong_IsLeftAloneSoLong()
    {
        Server.RetryAfterSeconds = 20;
        Server.Fail("leases", Fault.Busy);
        Server.Send(_offers.Offer(FakeGateway.Add, 1, 2));

        await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default));

        Assert.True(_node.Time.GetUtcNow() - RemoteNodeFixture.Start >= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Lease_Cancelled_EndsAtOnce()
    {
        using var cancellation = new CancellationTokenSource();
        var asking = Gateway.LeaseAsync(1, cancellation.Token);
        await _node.AdvanceUntilAsync(() => Server.Polls.Count == 1);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Revocations_OfHeartbeatsAndGrants_Arrive()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Server.Reply = new HeartbeatReply(default, "online", [], [first], null);
        Server.Send(new LeaseGrant([_offers.Offer(FakeGateway.Add, 1, 2)], [second], []));

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default));

        Assert.Equal([first], await Gateway.WaitRevocationsAsync(default));
        Assert.Equal([second], await Gateway.WaitRevocationsAsync(default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Heartbeat_ServersClockAnHourOff_CorrectsTimeAndSaysItsOwn(int hours)
    {
        Server.Skew = TimeSpan.FromHours(hours);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.InRange(Gateway.Time.Offset, Server.Skew - TimeSpan.FromSeconds(1), Server.Skew + TimeSpan.FromSeconds(1));
        var sent = Assert.Single(Server.Heartbeats).SentAt;
        Assert.InRange(sent, RemoteNodeFixture.Start, _node.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(Fault.RequestLost)]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.Garbage)]
    [InlineData(Fault.Cut)]
    public async Task Heartbeat_NoAnswer_IsNotRepeated(object fault)
    {
        Server.Fail("heartbeat", (Fault)fault);

        await Assert.ThrowsAsync<NodeCallException>(() => _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default)));

        Assert.Equal(1, Server.CountOf("heartbeat"));
    }

    [Fact]
    public async Task Heartbeat_SessionEnded_StartsAnotherAndSaysItAgain()
    {
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        Server.Fail("heartbeat", Fault.SessionEnded);

        var reply = await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.Equal(("online", 2), (reply.State, Server.CountOf("session")));
    }

    [Fact]
    public async Task Heartbeat_ServerIsBack_WakesWhoeverWaits()
    {
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        Server.Fail("leases", [.. Enumerable.Repeat(Fault.RequestLost, 7)]);
        Server.Send(_offers.Offer(FakeGateway.Add, 1, 2));
        var asking = Gateway.LeaseAsync(1, default);
        await _node.AdvanceUntilAsync(() => Server.CountOf("leases") == 7);
        Server.Fail("heartbeat", Fault.RequestLost);
        await Assert.ThrowsAsync<NodeCallException>(() => Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        await RemoteNodeFixture.SettleAsync();
        var before = _node.Time.GetUtcNow();
        await Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default);
        await asking;

        Assert.Equal(before, _node.Time.GetUtcNow());
    }

    [Fact]
    public async Task Heartbeat_StateChanges_AreTold()
    {
        Server.Reply = new HeartbeatReply(default, "safe-mode", ["The machine is 91 °C hot."], [], null);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.True(_node.Log.Has(LogLevel.Information, "safe-mode: The machine is 91 °C hot."));
    }

    [Fact]
    public async Task Heartbeat_HugeAnswer_IsNotRead()
    {
        Server.Override = call => call == "heartbeat" ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) } : null;

        await Assert.ThrowsAsync<NodeCallException>(() => _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default)));
    }

    [Fact]
    public async Task Probe_IsAnsweredWithAsManyBytes_UnlessTheyAreTooMany()
    {
        foreach (var size in (int[])[0, 1 << 20, -1, (16 << 20) + 1])
        {
            await Gateway.ProbeAsync(new Probe(Guid.NewGuid(), size), default);
        }

        Assert.Equal([0, 1 << 20], Server.Probes);
    }

    [Fact]
    public async Task Auctions_WithAPrice_AreBidForOnce()
    {
        _node.Price = 250;
        var (open, over) = (new AuctionOffer(Guid.NewGuid(), Server.Now.AddMinutes(10), 1000, 1000), new AuctionOffer(Guid.NewGuid(), Server.Now.AddSeconds(-1), 1000, 1000));
        Server.Fail("bids", Fault.RequestLost, Fault.ResponseLost);
        Server.Send(new LeaseGrant([], [], [open, over]));
        Server.Send(new LeaseGrant([], [], [open]));
        Server.Send(_offers.Offer(FakeGateway.Add, 1, 2));

        await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default));
        await _node.AdvanceUntilAsync(() => Server.CountOf("bids") == 3);

        Assert.All(Server.Bids, bid => Assert.Equal((open.Auction.ToString(), 250L), bid));
    }

    [Fact]
    public async Task Auctions_WithoutAPrice_AreNotBidFor()
    {
        Server.Send(new LeaseGrant([_offers.Offer(FakeGateway.Add, 1, 2)], [], [new AuctionOffer(Guid.NewGuid(), Server.Now.AddMinutes(10), 1000, 1000)]));

        await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default));
        await RemoteNodeFixture.SettleAsync();

        Assert.Empty(Server.Bids);
    }

    [Fact]
    public async Task HeartbeatInterval_IsTheSessions()
    {
        Server.HeartbeatMs = 1500;
        Assert.Equal(TimeSpan.FromSeconds(5), Gateway.HeartbeatInterval);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.Equal(TimeSpan.FromMilliseconds(1500), Gateway.HeartbeatInterval);
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    private LeaseOffer LeaseWithStdin(byte[] stdin)
    {
        var offer = _offers.Offer(FakeGateway.Add, 1, 2);
        var invocation = Core.Execution.Invocation.TryDecode(offer.Invocation, out _)! with { Stdin = Core.Merkle.Blob.Of(stdin) };
        return offer with { Invocation = invocation.Encode(), Stdin = null, StdinSizeBytes = stdin.Length };
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
    }
}
