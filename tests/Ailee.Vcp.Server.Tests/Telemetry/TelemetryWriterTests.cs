using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class TelemetryWriterTests : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Fleet _fleet = new();

    [Fact]
    public async Task Flush_TenMinutesOfHeartbeats_KeepsOneSampleAMinute()
    {
        var node = await _fleet.EnrolAsync();

        await BeatAsync(node, TimeSpan.FromMinutes(10));

        var samples = Samples(node);
        Assert.Equal(10, samples.Count);
        Assert.Equal(10, samples.DistinctBy(sample => TelemetryStore.MinuteOf(sample.MeasuredAt)).Count());
        Assert.All(samples, sample => Assert.Equal(Fleet.Cool, sample.Telemetry));
    }

    [Fact]
    public async Task Flush_NothingNew_WritesNothing()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, Fleet.Cool);
        await _fleet.Writer.FlushAsync();
        var writes = _fleet.Failing.Writes;

        _fleet.Beat(node, Fleet.Cool);
        await _fleet.Writer.FlushAsync();

        Assert.Equal(writes, _fleet.Failing.Writes);
    }

    [Fact]
    public async Task Flush_Measured_KeepsWhatTheServerMeasured()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.AnswerAsync(node, _fleet.Beat(node).Probe!, TimeSpan.FromMilliseconds(7));
        _fleet.Beat(node, Fleet.Cool);

        await _fleet.Writer.FlushAsync();

        Assert.Equal([new TelemetrySample(_fleet.Now, Fleet.Cool, 7, null)], Samples(node));
    }

    [Fact]
    public async Task Flush_SeenAt_IsWrittenOnceAMinuteAndWhenItComesOrGoes()
    {
        var node = await _fleet.EnrolAsync();
        var written = new List<DateTimeOffset?>();
        for (var i = 0; i < 26; i++, _fleet.Time.Advance(Heartbeat))
        {
            _fleet.Beat(node);
            await _fleet.Writer.FlushAsync();
            written.Add(SeenAt(node));
        }

        var last = _fleet.Node(node).SeenAt;
        _fleet.Time.Advance(TimeSpan.FromSeconds(20));
        await _fleet.Writer.FlushAsync();

        Assert.Equal(3, written.Distinct().Count());
        Assert.Equal(last, SeenAt(node));
    }

    [Fact]
    public async Task Flush_ManyNodes_WritesThemInBatches()
    {
        for (var i = 0; i < 1001; i++)
        {
            _fleet.Beat(await _fleet.EnrolAsync(), Fleet.Cool);
        }

        await _fleet.Writer.FlushAsync();

        Assert.Equal(3, _fleet.Failing.Writes);
        Assert.Equal(1001, Count());
    }

    [Fact]
    public async Task Flush_DatabaseAway_TriesAgainWithTheNewest()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, Fleet.Cool);
        _fleet.Failing.IsGone = true;
        await Assert.ThrowsAsync<StorageException>(_fleet.Writer.FlushAsync);
        _fleet.Time.Advance(Heartbeat);
        _fleet.Beat(node, Fleet.Cool with { TemperatureC = 41 });
        _fleet.Failing.IsGone = false;

        await _fleet.Writer.FlushAsync();

        Assert.Equal(41, Assert.Single(Samples(node)).Telemetry.TemperatureC);
        Assert.Equal(_fleet.Now, SeenAt(node));
    }

    [Fact]
    public async Task Restart_WithinAMinute_KeepsOneSampleOfIt()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, Fleet.Cool);
        await _fleet.Writer.FlushAsync();
        _fleet.Restart();
        _fleet.Time.Advance(Heartbeat);
        _fleet.Beat(node, Fleet.Cool with { TemperatureC = 41 });

        await _fleet.Writer.FlushAsync();

        Assert.Equal(Fleet.Cool, Assert.Single(Samples(node)).Telemetry);
    }

    [Fact]
    public async Task Restart_NodesNotHeardOf_AreNotWrittenAgain()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node);
        await _fleet.Writer.FlushAsync();
        _fleet.Restart();

        await _fleet.Writer.FlushAsync();

        Assert.Equal(0, _fleet.Failing.Writes);
    }

    [Fact]
    public async Task Prune_ADayLater_KeepsADay()
    {
        var node = await _fleet.EnrolAsync();
        await BeatAsync(node, TimeSpan.FromMinutes(10));
        var newest = Samples(node)[0];
        _fleet.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));

        await _fleet.Writer.PruneAsync();

        Assert.Equal([newest], Samples(node));
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));
        await _fleet.Writer.PruneAsync();
        Assert.Equal(0, Count());
    }

    [Fact]
    public async Task Prune_ClockIsSet_KeepsAll()
    {
        var node = await _fleet.EnrolAsync();
        await BeatAsync(node, TimeSpan.FromMinutes(10));
        var kept = Count();
        _fleet.Time.Ahead = TimeSpan.FromDays(500);

        await _fleet.Writer.PruneAsync();

        Assert.Equal(kept, Count());
    }

    [Fact]
    public async Task Prune_MoreThanAStep_TakesAllOfIt()
    {
        var node = await _fleet.EnrolAsync();
        await _fleet.Database.WriteAsync(transaction =>
        {
            for (var minute = 0; minute < 12_000; minute++)
            {
                TelemetryStore.Add(transaction, node, new TelemetrySample(DateTimeOffset.UnixEpoch.AddMinutes(minute), Fleet.Cool, null, null));
            }

            return 0;
        });

        await _fleet.Writer.PruneAsync();

        Assert.Equal(0, Count());
    }

    public void Dispose() => _fleet.Dispose();

    private async Task BeatAsync(NodeId node, TimeSpan time)
    {
        for (var end = _fleet.Now + time; _fleet.Now < end; _fleet.Time.Advance(Heartbeat))
        {
            _fleet.Beat(node, Fleet.Cool);
            await _fleet.Writer.FlushAsync();
        }
    }

    private List<TelemetrySample> Samples(NodeId node)
    {
        Assert.Null(ListQuery.TryParse(200, null, out var page));
        return _fleet.Database.Read(transaction => TelemetryStore.List(transaction, node, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, page));
    }

    private long Count() => _fleet.Database.Read(transaction => transaction.QueryFirst("SELECT COUNT(*) FROM telemetry", row => row.Int64(0)));

    private DateTimeOffset? SeenAt(NodeId node) => _fleet.Database.Read(transaction => NodeStore.Find(transaction, node))!.SeenAt;
}
