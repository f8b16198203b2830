using System.Net;
using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
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

    [Theory]
    [InlineData("result", Fault.RequestLost)]
    [InlineData("result", Fault.ResponseLost)]
    [InlineData("result", Fault.Busy)]
    [InlineData("result", Fault.SessionEnded)]
    [InlineData("result", Fault.Garbage)]
    [InlineData("result", Fault.Cut)]
    [InlineData("output", Fault.RequestLost)]
    [InlineData("output", Fault.ResponseLost)]
    [InlineData("output", Fault.Busy)]
    [InlineData("output", Fault.SessionEnded)]
    public async Task Report_StepLost_IsRepeatedUntilTaken(string call, object fault)
    {
        var report = Report();
        Server.Fail(call, (Fault)fault, (Fault)fault);

        var receipt = await _node.AdvanceUntilAsync(Gateway.ReportAsync(report, default));

        Assert.Equal(new LeaseReceipt(true, null), receipt);
        Assert.Equal(report.Lease, await Server.AcceptedAsync());
        Assert.False(Server.HasAccepted);
        Assert.Equal(0, Server.Contradictions);
    }

    [Fact]
    public async Task Report_LongOutage_IsWaitedFor()
    {
        Server.Fail("result", [.. Enumerable.Repeat(Fault.RequestLost, 10)]);

        Assert.True((await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default))).Accepted);
        Assert.InRange(_node.Time.GetUtcNow() - RemoteNodeFixture.Start, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(6));
    }

    [Fact]
    public async Task Report_OutputThatNobodyWants_StaysHere()
    {
        Server.WantsOutputs = false;

        Assert.True((await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default))).Accepted);
        Assert.Equal(0, Server.CountOf("output"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "lease-unknown")]
    [InlineData(HttpStatusCode.Conflict, "lease-ended")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "body-too-large")]
    public async Task Report_LeaseIsOver_EndsWithTheCode(HttpStatusCode status, string code)
    {
        Server.Override = call => call == "result" ? Server.Problem(status, code) : null;

        Assert.Equal(new LeaseReceipt(false, code), await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default)));
        Assert.Equal(1, Server.CountOf("result"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Report_RefusedBySomebodyOnTheWay_IsHandedInAgain(HttpStatusCode status)
    {
        var left = 2;
        Server.Override = call => call is "result" or "output" && left-- > 0 ? new HttpResponseMessage(status) { Content = new StringContent("<html/>") } : null;

        Assert.True((await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default))).Accepted);
    }

    [Fact]
    public async Task Report_OutputAnsweredBySomebodyOnTheWay_IsHandedInAgain()
    {
        Server.Fail("output", Fault.Garbage);

        Assert.True((await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default))).Accepted);
        Assert.Equal((2, 2), (Server.CountOf("result"), Server.CountOf("output")));
    }

    [Fact]
    public async Task GiveBack_Leases_TellsTheServerOfEach()
    {
        var leases = new[] { Guid.NewGuid(), Guid.NewGuid() };

        await _node.AdvanceUntilAsync(GiveBackAsync());

        Assert.Equal(2, Server.CountOf("result"));
        Assert.Equal("cancelled", Server.SaidOf(leases[1]));

        async Task<bool> GiveBackAsync()
        {
            await Gateway.GiveBackAsync(leases);
            return true;
        }
    }

    [Fact]
    public async Task GiveBack_ServerIsAway_IsNotWaitedFor()
    {
        Server.Fail("challenge", [.. Enumerable.Repeat(Fault.RequestLost, 1000)]);

        await _node.AdvanceUntilAsync(GiveBackAsync());

        Assert.InRange(_node.Time.GetUtcNow() - RemoteNodeFixture.Start, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));

        async Task<bool> GiveBackAsync()
        {
            await Gateway.GiveBackAsync([Guid.NewGuid()]);
            return true;
        }
    }

    [Theory]
    [InlineData("timestamp-stale", 2)]
    [InlineData("timestamp-future", 2)]
    [InlineData("counter-stale", 1)]
    public async Task Report_DatedWrongly_TheClockIsSetByANewSession(string code, int sessions)
    {
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        Server.Override = call => call == "result" ? Server.Problem(HttpStatusCode.Conflict, code) : null;
        // In a session that has just begun it was compared just now.
        await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default));
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));
        Assert.Equal(1, Server.CountOf("session"));

        _node.Time.Advance(TimeSpan.FromMinutes(1));
        await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default));
        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.Equal(sessions, Server.CountOf("session"));
    }

    [Fact]
    public async Task Report_OutputRefusedAndStillWanted_EndsWithTheCode()
    {
        Server.Override = call => call == "output" ? Server.Problem(HttpStatusCode.RequestEntityTooLarge, "body-too-large") : null;

        Assert.Equal(new LeaseReceipt(false, "body-too-large"), await _node.AdvanceUntilAsync(Gateway.ReportAsync(Report(), default)));
        Assert.Equal((2, 1), (Server.CountOf("result"), Server.CountOf("output")));
    }

    [Fact]
    public async Task Downloads_Cut_BeginAgain()
    {
        var lease = LeaseWithStdin("hello"u8.ToArray());
        Server.Contents[$"{lease.Lease}/module"] = "module"u8.ToArray();
        Server.Contents[$"{lease.Lease}/bundle"] = "bundle"u8.ToArray();
        Server.Contents[$"{lease.Lease}/stdin"] = "hello"u8.ToArray();
        foreach (var call in (string[])["module", "bundle", "stdin"])
        {
            Server.Fail(call, Fault.Cut, Fault.RequestLost, Fault.Busy, Fault.SessionEnded, Fault.Garbage);
        }

        Assert.Equal("module", Encoding.UTF8.GetString((await _node.AdvanceUntilAsync(Gateway.GetModuleAsync(lease, default))).Span));
        Assert.Equal("hello", Encoding.UTF8.GetString((await _node.AdvanceUntilAsync(Gateway.GetStdinAsync(lease, default))).Span));
        await using var bundle = await _node.AdvanceUntilAsync(Gateway.GetBundleAsync(lease, default));
        Assert.Equal("bundle", await new StreamReader(bundle).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Downloads_OfAnUnknownLease_SayThatItEnded()
    {
        var lease = _offers.Offer(FakeGateway.Add, 1, 2);

        Assert.Equal(lease.Lease, (await Assert.ThrowsAsync<LeaseEndedException>(() => _node.AdvanceUntilAsync(Gateway.GetModuleAsync(lease, default)))).Lease);
        await Assert.ThrowsAsync<LeaseEndedException>(() => _node.AdvanceUntilAsync(Gateway.GetBundleAsync(lease, default)));
        Assert.Empty(Directory.GetFiles(_node.Directory.Downloads));
    }

    [Fact]
    public async Task Stdin_OtherThanTheInvocations_IsRefused()
    {
        var lease = LeaseWithStdin("hello"u8.ToArray());
        Server.Contents[$"{lease.Lease}/stdin"] = "other"u8.ToArray();
        Server.Send(lease with { Stdin = "false"u8.ToArray() });

        var taken = Assert.Single(await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default)));

        Assert.Null(taken.Stdin);
        await Assert.ThrowsAsync<InvalidDataException>(() => _node.AdvanceUntilAsync(Gateway.GetStdinAsync(taken, default)));
    }

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

    [Fact]
    public async Task HeartbeatInterval_IsTheSessions()
    {
        Server.HeartbeatMs = 1500;
        Assert.Equal(TimeSpan.FromSeconds(5), Gateway.HeartbeatInterval);

        await _node.AdvanceUntilAsync(Gateway.HeartbeatAsync(RemoteNodeFixture.Heartbeat(), default));

        Assert.Equal(TimeSpan.FromMilliseconds(1500), Gateway.HeartbeatInterval);
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    private static LeaseReport Report() => new()
    {
        Lease = Guid.NewGuid(),
        Statement = "statement"u8.ToArray(),
        Output = "record"u8.ToArray(),
        TraceHashes = new byte[Digest.SizeBytes],
        WallTime = TimeSpan.FromMilliseconds(5),
    };

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
