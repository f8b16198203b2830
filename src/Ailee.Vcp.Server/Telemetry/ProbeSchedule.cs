using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// When a node is measured, and the one measurement that is out. All times are from a monotonic clock, since its start. Not
/// thread-safe.
/// </summary>
internal sealed class ProbeSchedule
{
    /// <summary>Body of a probe of the bandwidth.</summary>
    public const int BandwidthBytes = 1024 * 1024;

    /// <summary>Time between two measurements of the latency; also after one of either kind that never came.</summary>
    public static readonly TimeSpan LatencyEvery = TimeSpan.FromSeconds(60);

    /// <summary>Time between two measurements of the bandwidth within a session.</summary>
    public static readonly TimeSpan BandwidthEvery = TimeSpan.FromHours(6);

    /// <summary>A probe of the latency that takes longer than this counts as nothing.</summary>
    public static readonly TimeSpan LatencyLifetime = TimeSpan.FromSeconds(30);

    /// <summary>A probe of the bandwidth that takes longer than this counts as nothing.</summary>
    public static readonly TimeSpan BandwidthLifetime = TimeSpan.FromSeconds(120);

    private TimeSpan _nextLatency;
    private TimeSpan _nextBandwidth;
    private SentProbe? _out;

    /// <summary>A session began: its bandwidth is measured soon.</summary>
    public void Begin() => _nextBandwidth = TimeSpan.Zero;

    /// <summary>The next probe if one is due and none is out; null otherwise.</summary>
    /// <param name="at">Now.</param>
    /// <param name="hasPlace">Whether the bandwidth of this node may be measured now, by the probe's id and when it is over; asked only if it is due.</param>
    public Probe? Next(TimeSpan at, Func<Guid, TimeSpan, bool> hasPlace)
    {
        if (_out is { } sent && at < sent.Until)
        {
            return null;
        }

        _out = null;
        if (at >= _nextLatency)
        {
            _nextLatency = at + LatencyEvery;
            return Send(Guid.NewGuid(), 0, at, LatencyLifetime);
        }

        if (at < _nextBandwidth)
        {
            return null;
        }

        var id = Guid.NewGuid();
        if (!hasPlace(id, at + BandwidthLifetime))
        {
            return null;
        }

        _nextBandwidth = at + LatencyEvery;
        return Send(id, BandwidthBytes, at, BandwidthLifetime);
    }

    /// <summary>The heartbeat's answer that carries the probe is about to leave: the time is taken from here.</summary>
    public void Left(Guid probe, TimeSpan at)
    {
        if (_out?.Id == probe)
        {
            _out = _out with { LeftAt = at };
        }
    }

    /// <summary>The probe arrived. Null if it is not the one that is out, or too late; a second time it is not out any more.</summary>
    public SentProbe? Arrive(Guid probe, TimeSpan at)
    {
        if (_out is not { } sent || sent.Id != probe || at >= sent.Until)
        {
            return null;
        }

        _out = null;
        return sent;
    }

    /// <summary>The bandwidth was measured.</summary>
    public void BandwidthDone(TimeSpan at) => _nextBandwidth = at + BandwidthEvery;

    private Probe Send(Guid id, int sizeBytes, TimeSpan at, TimeSpan lifetime)
    {
        _out = new SentProbe(id, sizeBytes, at, at + lifetime);
        return new Probe(id, sizeBytes);
    }
}

/// <summary>A probe that is out.</summary>
/// <param name="Id">Names it.</param>
/// <param name="SizeBytes">Bytes that it was asked to have.</param>
/// <param name="LeftAt">When it was sent.</param>
/// <param name="Until">When it is too late.</param>
internal sealed record SentProbe(Guid Id, int SizeBytes, TimeSpan LeftAt, TimeSpan Until);
