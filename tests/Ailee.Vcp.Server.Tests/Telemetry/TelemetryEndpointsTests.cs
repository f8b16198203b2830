using System.Net;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class TelemetryEndpointsTests(MeshServerFixture fixture) : IClassFixture<MeshServerFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task List_Pages_AreNewestFirstAndComplete()
    {
        using var node = await NodeWithHistoryAsync(25);

        var (seen, after) = (new List<TelemetrySample>(), (string?)null);
        do
        {
            var page = await fixture.Client.ListTelemetryAsync(node.Id, null, null, 10, after, default);
            Assert.InRange(page.Items.Count, 1, 10);
            seen.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(minute => Start.AddMinutes(minute)), seen.Select(sample => sample.MeasuredAt));
        Assert.Equal(new TelemetrySample(Start.AddMinutes(3), Fleet.Cool with { Errors = 3 }, 7, 100), seen[21]);
    }

    [Fact]
    public async Task List_ARange_HasItsBeginningAndNotItsEnd()
    {
        using var node = await NodeWithHistoryAsync(10);

        var page = await fixture.Client.ListTelemetryAsync(node.Id, Start.AddMinutes(2), Start.AddMinutes(5), null, null, default);

        Assert.Equal([4, 3, 2], page.Items.Select(sample => sample.Telemetry.Errors));
        Assert.Empty((await fixture.Client.ListTelemetryAsync(node.Id, Start.AddMinutes(5), Start.AddMinutes(5), null, null, default)).Items);
        Assert.Equal(2, (await fixture.Client.ListTelemetryAsync(node.Id, Start.AddMinutes(8).AddTicks(-1), null, null, null, default)).Items.Count);
    }

    [Fact]
    public async Task List_ARangeInPages_StaysWithinIt()
    {
        using var node = await NodeWithHistoryAsync(10);

        var first = await fixture.Client.ListTelemetryAsync(node.Id, Start.AddMinutes(2), Start.AddMinutes(6), 3, null, default);
        var second = await fixture.Client.ListTelemetryAsync(node.Id, Start.AddMinutes(2), Start.AddMinutes(6), 3, first.Next, default);

        Assert.Equal([5, 4, 3, 2], first.Items.Concat(second.Items).Select(sample => sample.Telemetry.Errors));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task List_AnotherNodes_AreNotShown()
    {
        using var node = await NodeWithHistoryAsync(3);
        using var other = await NodeWithHistoryAsync(0);

        Assert.Empty((await fixture.Client.ListTelemetryAsync(other.Id, null, null, null, null, default)).Items);
        Assert.Equal(3, (await fixture.Client.ListTelemetryAsync(node.Id, null, null, null, null, default)).Items.Count);
    }

    [Fact]
    public async Task List_UnknownNode_NotFound()
    {
        using var key = SigningKey.Create();

        await Calls.RefusedAsync(HttpStatusCode.NotFound, "node-not-found", () => fixture.Client.ListTelemetryAsync(key.PublicKey.Id, null, null, null, null, default));
        await fixture.Http.GetAsync("api/v1/nodes/x/telemetry").ProblemAsync("node-not-found");
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-01-31T12:00:00")]
    [InlineData("to=2026-01-31")]
    [InlineData("to=2026-13-31T12:00:00Z")]
    [InlineData("from=")]
    [InlineData("from=2026-01-31T12:00:01Z&to=2026-01-31T12:00:00Z")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=x")]
    public async Task List_MalformedRange_IsRefused(string query)
    {
        using var node = await NodeWithHistoryAsync(0);

        await fixture.Http.GetAsync($"{node.Path}/telemetry?{query}").ProblemAsync("malformed-request");
    }

    [Theory]
    [InlineData("from=2026-01-31T12:01:00Z")]
    [InlineData("from=2026-01-31T13:01:00%2B01:00")]
    [InlineData("from=2026-01-31T12:00:59.9999999Z&to=9999-12-31T23:59:59Z")]
    public async Task List_TimesOfRfc3339_AreTaken(string query)
    {
        using var node = await NodeWithHistoryAsync(2);

        using var response = await fixture.Http.GetAsync($"{node.Path}/telemetry?{query}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"items\":[{\"measuredAt\":\"2026-01-31T12:01:00", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_AfterHeartbeats_KeepsThem()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(fixture.Setup with { Directory = directory.Path });
        NodeId id;
        using (var node = await JoinedNode.JoinAsync(server))
        {
            id = node.Id;
            await node.BeatAsync(Fleet.Cool);
        }

        server = await server.RestartAsync();

        await using (server)
        {
            var sample = Assert.Single((await server.Client.ListTelemetryAsync(id, null, null, null, null, default)).Items);
            Assert.Equal(Fleet.Cool, sample.Telemetry);
            Assert.NotNull((await server.Client.GetNodeAsync(id, default)).SeenAt);
        }
    }

    private async Task<JoinedNode> NodeWithHistoryAsync(int minutes)
    {
        var node = await JoinedNode.JoinAsync(fixture.Server);
        await fixture.Server.Database.WriteAsync(transaction =>
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                TelemetryStore.Add(transaction, node.Id, new TelemetrySample(Start.AddMinutes(minute), Fleet.Cool with { Errors = minute }, 7, 100));
            }

            return minutes;
        });
        return node;
    }
}
