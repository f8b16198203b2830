using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Node.Tests;

/// <summary>What an agent says to the server and hears of it: heartbeats, revocations, and calls that fail.</summary>
public sealed class NodeAgentServerTests : NodeAgentTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Revoke_Running_EndsWithoutAReportAndFreesTheSlot(int runs)
    {
        Start();
        var loop = Gateway.Offer(FakeGateway.Loop) with { Runs = runs };
        Gateway.Send(loop);
        Gateway.Revoke(loop.Lease);
        var next = Gateway.Offer(FakeGateway.Add, 1, 2);
        Gateway.Send(next);

        Assert.Equal(next.Lease, (await Gateway.ReportedAsync()).Lease);
        Assert.False(Gateway.HasReport);
    }

    [Fact]
    public async Task Revoke_BeforeTheLeaseArrives_NeverRuns()
    {
        var loop = Gateway.Offer(FakeGateway.Loop);
        var arrived = false;
        Gateway.OnTheWay = async leases =>
        {
            if (leases.Any(lease => lease.Lease == loop.Lease))
            {
                // The second revocation is read only after the first was dealt with.
                Gateway.Revoke(loop.Lease);
                Gateway.Revoke();
                while (Gateway.PendingRevocations > 0)
                {
                    await Task.Yield();
                }

                arrived = true;
            }
        };
        Start();
        Gateway.Send(loop);
        var next = Gateway.Offer(FakeGateway.Add, 1, 2);
        Gateway.Send(next);

        Assert.Equal(next.Lease, (await Gateway.ReportedAsync()).Lease);
        await Stopping.CancelAsync();
        await Agent;
        Assert.True(arrived);
        Assert.Equal([next.Module], Gateway.Fetched.Select(digest => digest.ToString()));
    }

    [Fact]
    public async Task Revoke_UnknownLease_Ignored()
    {
        Start();
        Gateway.Revoke(Guid.NewGuid(), Guid.NewGuid());
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 1, 2));

        Assert.Null((await Gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_GatewayAwayForLeases_AsksAgain()
    {
        Gateway.LeaseFailures = 3;
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 1, 2));
        Start();

        var report = await AdvanceUntilAsync(Gateway.ReportedAsync());

        Assert.Null(report.Inconclusive);
        Assert.True(Time.GetUtcNow() - Now >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Run_GatewayAwayForReports_HandsTheSameInAgain()
    {
        Gateway.ReportFailures = 3;
        var lease = Gateway.Offer(FakeGateway.Add, 1, 2);
        Gateway.Send(lease);
        Start();

        var report = await AdvanceUntilAsync(Gateway.ReportedAsync());

        Assert.Equal(lease.Lease, report.Lease);
        // Not run or signed anew: the first counter.
        Assert.Equal(1ul, SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter);
    }

    [Fact]
    public async Task Run_GatewayAwayForRevocations_StillHearsOfThem()
    {
        Gateway.RevocationFailures = 2;
        Start();
        var loop = Gateway.Offer(FakeGateway.Loop);
        Gateway.Send(loop);
        Gateway.Revoke(loop.Lease);
        var next = Gateway.Offer(FakeGateway.Add, 1, 2);
        Gateway.Send(next);

        Assert.Equal(next.Lease, (await AdvanceUntilAsync(Gateway.ReportedAsync())).Lease);
    }

    [Fact]
    public async Task Run_Heartbeats_SayWhatIsHeldAtEachInterval()
    {
        Start(telemetry: (running, errors) => new NodeTelemetry { Running = running, Errors = errors });
        var (broken, loop) = (Gateway.OfferWithBundle(FakeGateway.Add, 1, 1), Gateway.Offer(FakeGateway.Loop));
        Gateway.Bundles.Clear();
        Gateway.Send(broken);
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Send(loop);

        var seen = await HeartbeatAsync(heartbeat => heartbeat.Telemetry is { Running: 1 });

        Assert.Equal([loop.Lease], seen.Leases);
        Assert.Equal(1, seen.Telemetry!.Errors);
        Assert.Equal(Now, Gateway.Heartbeats.First().SentAt);
        Assert.InRange(Gateway.Heartbeats.Count, 2, 1 + ((Time.GetUtcNow() - Now) / TimeSpan.FromSeconds(5)));
        Gateway.Revoke(loop.Lease);
        Assert.Equal(0, (await HeartbeatAsync(heartbeat => heartbeat.Leases.Count == 0)).Telemetry!.Running);
    }

    [Fact]
    public async Task Run_HeartbeatsAndProbesThatFail_AreFollowedByOthers()
    {
        Gateway.HeartbeatFailures = 2;
        var probe = Gateway.Probe = new Probe(Guid.NewGuid(), 0);
        Start();

        await HeartbeatAsync(_ => Gateway.Probes.Contains(probe));
        var count = Gateway.Heartbeats.Count;
        await HeartbeatAsync(_ => Gateway.Heartbeats.Count > count);

        Assert.True(count >= 3);
        Assert.Null(Gateway.Heartbeats.Last().Telemetry);
    }

    [Fact]
    public async Task Run_HeartbeatIntervalChanges_Follows()
    {
        Start();
        await HeartbeatAsync(_ => true);
        Gateway.HeartbeatInterval = TimeSpan.FromMinutes(1);

        await HeartbeatAsync(_ => Gateway.Heartbeats.Count == 4);

        // One may have been due at the old interval.
        Assert.True(Time.GetUtcNow() - Now >= TimeSpan.FromMinutes(2));
    }

    private async Task<HeartbeatRequest> HeartbeatAsync(Func<HeartbeatRequest, bool> condition)
    {
        while (true)
        {
            if (Gateway.Heartbeats.LastOrDefault() is { } heartbeat && condition(heartbeat))
            {
                return heartbeat;
            }

            Time.Advance(TimeSpan.FromSeconds(1));
            await Crowd.LingerAsync();
        }
    }
}
