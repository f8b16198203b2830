using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class HeartbeatEndpointsTests(MeshServerFixture fixture) : IClassFixture<MeshServerFixture>
{
    [Fact]
    public async Task Heartbeat_Joined_IsOnlineAndShowsItsTelemetry()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        var (held, ended) = (Guid.NewGuid(), Guid.NewGuid());
        fixture.Leases.Hold(node.Id, held);

        var reply = await node.BeatAsync(Fleet.Cool, held, ended);

        Assert.Equal("online", reply.State);
        Assert.Equal([ended], reply.Revoked);
        var view = await fixture.Client.GetNodeAsync(node.Id, default);
        Assert.Equal(("online", Fleet.Cool), (view.State, view.Telemetry));
        Assert.NotNull(view.MeasuredAt);
    }

    [Fact]
    public async Task Heartbeat_TooHot_IsSafeModeWithItsReason()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);

        var reply = await node.BeatAsync(new NodeTelemetry { TemperatureC = 99 });

        Assert.Equal("safe-mode", reply.State);
        var view = await fixture.Client.GetNodeAsync(node.Id, default);
        Assert.Equal(("safe-mode", 0), (view.State, view.Health.Score));
        Assert.Equal(reply.Reasons, view.SafeMode);
    }

    [Fact]
    public async Task Probes_OverHttp_MeasureLatencyAndBandwidth()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);

        for (var i = 0; i < 2; i++)
        {
            using var answered = await node.AnswerAsync((await node.BeatAsync()).Probe!);
            Assert.Equal(HttpStatusCode.NoContent, answered.StatusCode);
        }

        var view = await fixture.Client.GetNodeAsync(node.Id, default);
        Assert.InRange(view.LatencyMs!.Value, double.Epsilon, 30_000);
        Assert.InRange(view.BandwidthMbps!.Value, double.Epsilon, 1e9);
        Assert.Equal(view.LatencyMs, view.Health.Factors.Single(factor => factor.Name == "latency").Value);
    }

    [Fact]
    public async Task Probe_NotAsked_Twice_OrOfAnotherSize_IsNotFound()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        var probe = (await node.BeatAsync()).Probe!;

        await node.AnswerAsync(new Probe(Guid.NewGuid(), 0)).ProblemAsync("probe-not-found");
        await node.AnswerAsync(probe, 10).ProblemAsync("probe-not-found");
        await node.AnswerAsync(probe).ProblemAsync("probe-not-found");

        Assert.Null((await fixture.Client.GetNodeAsync(node.Id, default)).LatencyMs);
    }

    [Fact]
    public async Task Probe_TooLarge_IsRefused()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        var probe = (await node.BeatAsync()).Probe!;

        await node.AnswerAsync(probe, ProbeSchedule.BandwidthBytes + 1).ProblemAsync("body-too-large");
    }

    [Theory]
    [InlineData("""{"sentAt":"2026-01-31T12:00:00Z","telemetry":{"temperatureC":NaN}}""")]
    [InlineData("""{"sentAt":"2026-01-31T12:00:00Z","telemetry":{"temperatureC":"40"}}""")]
    [InlineData("""{"sentAt":"2026-01-31T12:00:00Z","telemetry":{"smell":1}}""")]
    [InlineData("""{"sentAt":"2026-01-31T12:00:00Z","leases":["x"]}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Heartbeat_Malformed_IsRefused(string body)
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);

        await node.Http.PostAsync($"{node.Path}/heartbeat", body, MediaTypes.Json).ProblemAsync("malformed-json");
    }

    [Fact]
    public async Task Heartbeat_NumbersThatCannotBe_AreUnknown()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        const string Body = """{"sentAt":"2026-01-31T12:00:00Z","telemetry":{"temperatureC":1e308,"cpuLoad":-1,"memoryFreeBytes":5,"errors":-9}}""";

        using var response = await node.Http.PostAsync($"{node.Path}/heartbeat", Body, MediaTypes.Json);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new NodeTelemetry { MemoryFreeBytes = 5 }, (await fixture.Client.GetNodeAsync(node.Id, default)).Telemetry);
    }

    [Fact]
    public async Task Calls_WithoutSessionOrOfAnotherNode_AreRefused()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        using var other = await JoinedNode.JoinAsync(fixture.Server);
        const string Body = """{"sentAt":"2026-01-31T12:00:00Z"}""";

        await fixture.Http.PostAsync($"{node.Path}/heartbeat", Body, MediaTypes.Json).ProblemAsync("session-ended");
        await fixture.Http.PostAsync($"{node.Path}/probes/{Guid.NewGuid()}", [], null).ProblemAsync("session-ended");
        await other.Http.PostAsync($"{node.Path}/heartbeat", Body, MediaTypes.Json).ProblemAsync("not-your-node");
        await other.Http.PostAsync($"{node.Path}/probes/{Guid.NewGuid()}", [], null).ProblemAsync("not-your-node");
    }

    [Fact]
    public async Task Session_New_MeasuresTheBandwidthAgainAndTrustsTheClock()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        for (var i = 0; i < 2; i++)
        {
            using var answered = await node.AnswerAsync((await node.BeatAsync()).Probe!);
        }

        fixture.Server.Get<SafeModes>().Set(node.Id, SafeModes.ClockSkew, "The clock is wrong.");
        var before = await node.BeatAsync();

        await node.StartSessionAsync();

        var after = await node.BeatAsync();
        Assert.Equal(("safe-mode", null), (before.State, before.Probe));
        Assert.Equal(("online", ProbeSchedule.BandwidthBytes), (after.State, after.Probe!.SizeBytes));
    }

    [Fact]
    public async Task Metrics_Heartbeats_AreCounted()
    {
        using var node = await JoinedNode.JoinAsync(fixture.Server);
        using var answered = await node.AnswerAsync((await node.BeatAsync()).Probe!);

        var metrics = await fixture.Http.GetStringAsync("metrics");

        Assert.Matches("(?m)^vcp_node_heartbeats_total [1-9]", metrics);
        Assert.Matches("(?m)^vcp_node_latency_seconds_count [1-9]", metrics);
        Assert.Matches("(?m)^vcp_nodes_online [0-9]", metrics);
    }
}
