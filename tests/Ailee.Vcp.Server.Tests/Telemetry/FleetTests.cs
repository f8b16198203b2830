using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class FleetTests : IDisposable
{
    private readonly Fleet _fleet = new();

    [Fact]
    public async Task Tick_SpeedsKnown_ComparesWithTheirMedian()
    {
        var nodes = await EnrolAsync(3);
        var speeds = new Dictionary<NodeId, double> { [nodes[0]] = 100, [nodes[1]] = 200, [nodes[2]] = 400 };
        foreach (var (node, speed) in speeds)
        {
            _fleet.Beat(node);
            _fleet.Registry.Update(node, live => live with { GasPerSecond = speed });
        }

        _fleet.Watch.Tick();

        Assert.Equal([0.25, 0.5, 1], nodes.Select(node => _fleet.Node(node).Health.Factors[2].Normalized));
    }

    [Fact]
    public async Task Tick_OfflineNodes_DoNotCountForTheMedian()
    {
        var nodes = await EnrolAsync(2);
        _fleet.Registry.Update(nodes[0], live => live with { GasPerSecond = 1_000_000 });
        _fleet.Beat(nodes[1]);
        _fleet.Registry.Update(nodes[1], live => live with { GasPerSecond = 200 });

        _fleet.Watch.Tick();

        Assert.Equal(0.5, _fleet.Node(nodes[1]).Health.Factors[2].Normalized);
    }

    [Fact]
    public async Task Tick_ReputationMoved_MovesTheHealth()
    {
        var node = Assert.Single(await EnrolAsync(1));
        _fleet.Beat(node);
        var before = _fleet.Node(node).Health.Value;
        _fleet.Registry.Update(node, live => live with { Reputation = new NodeReputation(1, _fleet.Now) });

        _fleet.Watch.Tick();

        Assert.Equal(before + 0.05, _fleet.Node(node).Health.Value, 0.001);
    }

    [Fact]
    public async Task Tick_OneStandsOut_ShowsItAndScoresNothing()
    {
        var nodes = await EnrolAsync(6);
        for (var i = 0; i < 5; i++)
        {
            _fleet.Beat(nodes[i], new NodeTelemetry { TemperatureC = 40 + i });
        }

        _fleet.Beat(nodes[5], new NodeTelemetry { TemperatureC = 80 });
        var before = _fleet.Node(nodes[5]).Health;

        _fleet.Watch.Tick();

        Assert.StartsWith("temperature: 80 °C stands out", Assert.Single(_fleet.Node(nodes[5]).Outliers), StringComparison.Ordinal);
        Assert.All(nodes.Take(5), node => Assert.Empty(_fleet.Node(node).Outliers));
        Assert.Equal((before, "online"), (_fleet.Node(nodes[5]).Health, _fleet.State(nodes[5])));
        Cool(nodes);
        Assert.Empty(_fleet.Node(nodes[5]).Outliers);
    }

    public void Dispose() => _fleet.Dispose();

    private void Cool(List<NodeId> nodes)
    {
        for (var second = 0; second < 60; second++)
        {
            foreach (var node in nodes)
            {
                _fleet.Beat(node, Fleet.Cool);
            }

            _fleet.Pass(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<List<NodeId>> EnrolAsync(int count)
    {
        var nodes = new List<NodeId>();
        for (var i = 0; i < count; i++)
        {
            nodes.Add(await _fleet.EnrolAsync());
        }

        return nodes;
    }
}
