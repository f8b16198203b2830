using System.IO.Pipelines;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class ProbeTests : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Fleet _fleet = new();

    [Fact]
    public async Task Take_First_AsksForTheLatencyThenForTheBandwidth()
    {
        var node = await _fleet.EnrolAsync();

        var latency = _fleet.Beat(node).Probe!;
        Assert.True(await _fleet.AnswerAsync(node, latency, TimeSpan.FromMilliseconds(7)));
        var bandwidth = _fleet.Beat(node).Probe!;

        Assert.Equal((0, ProbeSchedule.BandwidthBytes), (latency.SizeBytes, bandwidth.SizeBytes));
        Assert.Equal(7, _fleet.Node(node).LatencyMs);
        Assert.Equal(7, _fleet.Node(node).Health.Factors[1].Value);
        Assert.Null(_fleet.Node(node).BandwidthMbps);
        Assert.Equal(1, await _fleet.MetricAsync("vcp_node_latency_seconds_count"));
    }

    [Fact]
    public async Task Take_Bandwidth_IsBytesOverTime()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.Zero);
        var probe = _fleet.Beat(node).Probe!;

        // All of it is there at the first look, so the time from the question counts: 8 Mibit in 0.1 s.
        Assert.True(await _fleet.AnswerAsync(node, probe, TimeSpan.FromMilliseconds(100)));

        Assert.Equal(83.88608, _fleet.Node(node).BandwidthMbps!.Value, 0.001);
    }

    [Fact]
    public async Task Take_SlowBody_IsMeasuredFromItsFirstBytes()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.Zero);
        var probe = _fleet.Beat(node).Probe!;
        _fleet.Probes.Left(node, probe.Id);
        _fleet.Time.Advance(TimeSpan.FromSeconds(3));
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(new byte[ProbeSchedule.BandwidthBytes / 4]);

        var taken = _fleet.Probes.TakeAsync(node, probe.Id, pipe.Reader, default);
        _fleet.Time.Advance(TimeSpan.FromSeconds(1));
        await pipe.Writer.WriteAsync(new byte[ProbeSchedule.BandwidthBytes * 3 / 4]);
        await pipe.Writer.CompleteAsync();

        Assert.True(await taken);
        Assert.Equal(0.75 * 8 * 1.048576, _fleet.Node(node).BandwidthMbps!.Value, 0.001);
    }

    [Fact]
    public async Task Take_OneIsOut_AsksForNoOther()
    {
        var node = await _fleet.EnrolAsync();
        Assert.NotNull(_fleet.Beat(node).Probe);

        _fleet.Time.Advance(Heartbeat);

        Assert.Null(_fleet.Beat(node).Probe);
    }

    [Fact]
    public async Task Take_ProbeThatNeverComes_CountsAsNothingAndIsAskedAgain()
    {
        var node = await _fleet.EnrolAsync();
        var lost = _fleet.Beat(node).Probe!;

        _fleet.Time.Advance(ProbeSchedule.LatencyLifetime);

        Assert.False(await _fleet.AnswerAsync(node, lost, TimeSpan.Zero));
        Assert.Null(_fleet.Node(node).LatencyMs);
        // The bandwidth is due meanwhile; the latency again a minute after the last time.
        Assert.Equal(ProbeSchedule.BandwidthBytes, _fleet.Beat(node).Probe!.SizeBytes);
        _fleet.Time.Advance(ProbeSchedule.BandwidthLifetime);
        Assert.Equal(0, _fleet.Beat(node).Probe!.SizeBytes);
    }

    [Fact]
    public async Task Take_Twice_CountsOnce()
    {
        var node = await _fleet.EnrolAsync();
        var probe = _fleet.Beat(node).Probe!;
        Assert.True(await _fleet.AnswerAsync(node, probe, TimeSpan.FromMilliseconds(5)));

        Assert.False(await _fleet.AnswerAsync(node, probe, TimeSpan.FromMilliseconds(500)));

        Assert.Equal(5, _fleet.Node(node).LatencyMs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Take_LatencyWithABody_CountsAsNothing(int sizeBytes)
    {
        var node = await _fleet.EnrolAsync();

        Assert.False(await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.FromMilliseconds(5), sizeBytes));

        Assert.Null(_fleet.Node(node).LatencyMs);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Take_BandwidthOfAnotherSize_CountsAsNothing(int more)
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.Zero);

        Assert.False(await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.FromMilliseconds(5), ProbeSchedule.BandwidthBytes + more));

        Assert.Null(_fleet.Node(node).BandwidthMbps);
    }

    [Fact]
    public async Task Take_AnotherNodesProbe_CountsForNeither()
    {
        var (node, other) = (await _fleet.EnrolAsync(), await _fleet.EnrolAsync());
        var probe = _fleet.Beat(node).Probe!;
        _fleet.Beat(other);

        Assert.False(await _fleet.AnswerAsync(other, probe, TimeSpan.FromMilliseconds(5)));

        Assert.Null(_fleet.Node(other).LatencyMs);
        Assert.True(await _fleet.AnswerAsync(node, probe, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task Take_Later_MeasuresTheLatencyEachMinuteAndTheBandwidthEachSixHours()
    {
        var node = await _fleet.EnrolAsync();
        var (latencies, bandwidths) = (0, 0);

        for (var end = _fleet.Now + TimeSpan.FromHours(7); _fleet.Now < end; _fleet.Time.Advance(Heartbeat))
        {
            if (_fleet.Beat(node).Probe is { } probe)
            {
                await _fleet.AnswerAsync(node, probe, TimeSpan.FromTicks(1));
                (latencies, bandwidths) = probe.SizeBytes == 0 ? (latencies + 1, bandwidths) : (latencies, bandwidths + 1);
            }
        }

        Assert.InRange(latencies, 7 * 50, 7 * 60);
        Assert.Equal(2, bandwidths);
    }

    [Fact]
    public async Task Begin_ANewSession_MeasuresTheBandwidthAgain()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.FromTicks(1));
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.FromTicks(1));
        Assert.Null(_fleet.Beat(node).Probe);

        _fleet.Sessions.Begin(node);

        Assert.Equal(ProbeSchedule.BandwidthBytes, _fleet.Beat(node).Probe!.SizeBytes);
    }

    [Fact]
    public async Task Take_ManyAreDue_MeasuresTheBandwidthOfAFewAtOnce()
    {
        var nodes = new List<NodeId>();
        for (var i = 0; i < 6; i++)
        {
            nodes.Add(await _fleet.EnrolAsync());
            await _fleet.AnswerAsync(nodes[i], _fleet.Beat(nodes[i]).Probe!, TimeSpan.Zero);
        }

        var asked = nodes.Select(node => (Node: node, _fleet.Beat(node).Probe)).ToList();

        Assert.Equal(4, asked.Count(pair => pair.Probe is not null));
        await _fleet.AnswerAsync(asked[0].Node, asked[0].Probe!, TimeSpan.FromMilliseconds(1));
        Assert.NotNull(_fleet.Beat(nodes[4]).Probe);
        Assert.Null(_fleet.Beat(nodes[5]).Probe);
        // Those that never come hold their places no longer than they are good.
        _fleet.Time.Advance(ProbeSchedule.BandwidthLifetime);
        await _fleet.AnswerAsync(nodes[5], _fleet.Beat(nodes[5]).Probe!, TimeSpan.Zero);
        Assert.Equal(ProbeSchedule.BandwidthBytes, _fleet.Beat(nodes[5]).Probe!.SizeBytes);
    }

    [Fact]
    public async Task Take_OneThatWentWrong_IsSmoothedAway()
    {
        var node = await _fleet.EnrolAsync();
        double[] latencies = [10, 12, 5000, 11, 13];
        foreach (var latency in latencies)
        {
            Probe? probe;
            while ((probe = _fleet.Beat(node).Probe)?.SizeBytes != 0)
            {
                _fleet.Time.Advance(Heartbeat);
            }

            await _fleet.AnswerAsync(node, probe!, TimeSpan.FromMilliseconds(latency));
        }

        Assert.Equal(12, _fleet.Node(node).LatencyMs!.Value, 0.001);
    }

    [Fact]
    public async Task TakeAsync_ConnectionBreaks_GivesItsPlaceBack()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.Zero);
        for (var i = 0; i < 5; i++)
        {
            _fleet.Sessions.Begin(node);
            var probe = _fleet.Beat(node).Probe!;
            var pipe = new Pipe();
            await pipe.Writer.CompleteAsync(new IOException("Broken."));

            await Assert.ThrowsAsync<IOException>(() => _fleet.Probes.TakeAsync(node, probe.Id, pipe.Reader, default));
        }
    }

    public void Dispose() => _fleet.Dispose();
}
