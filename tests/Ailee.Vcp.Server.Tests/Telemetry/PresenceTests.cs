using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class PresenceTests : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Fleet _fleet = new();

    [Fact]
    public async Task Take_First_IsOnlineAtOnce()
    {
        var node = await _fleet.EnrolAsync();
        Assert.Equal("offline", _fleet.State(node));

        var reply = _fleet.Beat(node, Fleet.Cool);

        Assert.Equal(("online", _fleet.Now), (reply.State, reply.ServerTime));
        Assert.Empty(reply.Reasons);
        Assert.Equal(("online", _fleet.Now, Fleet.Cool), (_fleet.State(node), _fleet.Node(node).SeenAt, _fleet.Node(node).Telemetry));
        Assert.True(_fleet.Node(node).Health.Value > 0);
    }

    [Fact]
    public async Task Tick_ThreeMissed_IsOfflineAndNotBefore()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node);
        var changes = new List<LiveNode>();
        _fleet.Pass(3 * Heartbeat);
        Assert.Equal("online", _fleet.State(node));
        Assert.Equal(1, await _fleet.MetricAsync("vcp_nodes_online"));
        _fleet.Registry.Changed += changes.Add;

        _fleet.Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal("offline", _fleet.State(node));
        Assert.Equal(0, Assert.Single(changes).Health.Value);
        Assert.Equal(HealthScore.StaleGate, _fleet.Node(node).Health.Factors[^1].Name);
        Assert.Equal(0, await _fleet.MetricAsync("vcp_nodes_online"));
    }

    [Fact]
    public async Task Take_AfterSilence_IsBackAtOnce()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node);
        var fit = _fleet.Node(node).Health.Value;
        _fleet.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(0, _fleet.Node(node).Health.Value);

        Assert.Equal("online", _fleet.Beat(node).State);

        Assert.Equal(fit, _fleet.Node(node).Health.Value, 0.01);
    }

    [Fact]
    public async Task Tick_NothingChanges_ChangesNoNode()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node);
        var changes = 0;
        _fleet.Registry.Changed += _ => changes++;

        for (var i = 0; i < 15; i++)
        {
            _fleet.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task Tick_BuiltIn_IsNeverOffline()
    {
        var node = await _fleet.EnrolAsync(isBuiltIn: true);

        _fleet.Pass(TimeSpan.FromHours(1));

        Assert.Equal("online", _fleet.State(node));
        Assert.True(_fleet.Node(node).Health.Value > 0);
        Assert.Null(_fleet.Beat(node).Probe);
    }

    [Fact]
    public void Take_NotEnrolled_IsRemovedAndHoldsNothing()
    {
        using var key = SigningKey.Create();
        var lease = Guid.NewGuid();

        var reply = _fleet.Beat(key.PublicKey.Id, Fleet.Cool, lease);

        Assert.Equal("removed", reply.State);
        Assert.Equal([lease], reply.Revoked);
    }

    [Fact]
    public async Task Take_Leases_AreRenewedAndThoseThatEndedTold()
    {
        var (node, other) = (await _fleet.EnrolAsync(), await _fleet.EnrolAsync());
        var (held, ended) = (Guid.NewGuid(), Guid.NewGuid());
        _fleet.Leases.Hold(node, held);

        var reply = _fleet.Beat(node, null, held, ended);

        Assert.Equal([ended], reply.Revoked);
        Assert.Equal([held], _fleet.Leases.Renewed);
        Assert.Equal([held], _fleet.Beat(other, null, held).Revoked);
    }

    [Fact]
    public async Task Take_WrongClock_ShowsHowWrong()
    {
        var node = await _fleet.EnrolAsync();

        var reply = _fleet.Heartbeats.Take(node, new HeartbeatRequest { SentAt = _fleet.Now + TimeSpan.FromHours(1) });

        Assert.Equal("online", reply.State);
        Assert.Equal(3_600_000, _fleet.Node(node).ClockSkewMs);
    }

    [Theory]
    [InlineData("draining", null, "An operator drains the node.")]
    [InlineData("quarantined", "3 strikes.", "3 strikes.")]
    public async Task Take_Standing_IsToldWithItsReason(string standing, string? reason, string told)
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Registry.Update(node, live => live with { Standing = standing, StandingReason = reason });

        var reply = _fleet.Beat(node);

        Assert.Equal(standing, reply.State);
        Assert.Equal([told], reply.Reasons);
    }

    [Fact]
    public async Task Take_AnotherProfile_IsIncompatible()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Registry.Update(node, live => live with { Capabilities = live.Capabilities! with { Profile = "sha256:" + new string('0', 64) } });

        var reply = _fleet.Beat(node);

        Assert.Equal("incompatible", reply.State);
        Assert.Single(reply.Reasons);
    }

    [Fact]
    public async Task Restart_KnownNode_IsOfflineUntilItIsHeardOf()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, Fleet.Cool);
        await _fleet.Writer.FlushAsync();
        var seenAt = _fleet.Node(node).SeenAt;
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));

        _fleet.Restart();

        _fleet.Watch.Tick();
        Assert.Equal(("offline", seenAt), (_fleet.State(node), _fleet.Node(node).SeenAt));
        Assert.Equal("online", _fleet.Beat(node).State);
    }

    [Fact]
    public async Task Take_Many_AreCounted()
    {
        var node = await _fleet.EnrolAsync();

        for (var i = 0; i < 3; i++)
        {
            _fleet.Beat(node);
        }

        Assert.Equal(3, await _fleet.MetricAsync("vcp_node_heartbeats_total"));
    }

    public void Dispose() => _fleet.Dispose();
}
