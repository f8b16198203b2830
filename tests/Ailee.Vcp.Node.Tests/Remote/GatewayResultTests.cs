using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>How results are handed in, and leases given back.</summary>
public sealed class GatewayResultTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();

    private HttpNodeGateway Gateway => _node.Gateway;

    private FakeServer Server => _node.Server;

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

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    private static LeaseReport Report() => new()
    {
        Lease = Guid.NewGuid(),
        Statement = "statement"u8.ToArray(),
        Output = "record"u8.ToArray(),
        TraceHashes = new byte[Digest.SizeBytes],
        WallTime = TimeSpan.FromMilliseconds(5),
    };
}
