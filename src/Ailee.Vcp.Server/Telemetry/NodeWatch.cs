using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// What the server remembers of a node from one heartbeat to the next. In memory only: after a restart it comes anew. Thread-safe.
/// </summary>
internal sealed class NodeWatch
{
    private readonly Lock _lock = new();
    private readonly ProbeSchedule _probes = new();
    private readonly LastFive _latencies = new();
    private readonly LastFive _bandwidths = new();
    private readonly RecentErrors _errors = new();
    private readonly SortedDictionary<string, string> _marks = new(StringComparer.Ordinal);
    private SafetyState _safety = SafetyState.Normal;
    private SafetyReading _reading = SafetyReading.Unknown;
    private volatile SafeModeReasons _safeMode = SafeModeReasons.None;

    /// <summary>Why the node is in safe mode, as of the last heartbeat. The same object while nothing changes.</summary>
    public SafeModeReasons SafeMode => _safeMode;

    /// <summary>Judges what a heartbeat says.</summary>
    public void Judge(NodeTelemetry? telemetry, SafetyPolicy policy, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (telemetry is not null)
            {
                _reading = _reading with { TemperatureC = telemetry.TemperatureC, PowerW = telemetry.PowerW, BatteryPercent = telemetry.BatteryPercent };
                _errors.Count(telemetry.Errors, now);
            }

            _reading = _reading with { RecentErrors = _errors.Count(now) };
            Apply(policy.Next(_safety, _reading, now));
        }
    }

    /// <summary>Puts the node into safe mode for a reason of another kind, or takes it back with null.</summary>
    public void Mark(string name, string? reason)
    {
        lock (_lock)
        {
            if (reason is null ? _marks.Remove(name) : _marks.GetValueOrDefault(name) != reason)
            {
                if (reason is not null)
                {
                    _marks[name] = reason;
                }

                _safeMode = SafeModeReasons.Of(_safety, _marks);
            }
        }
    }

    /// <summary>A session began.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _probes.Begin();
        }
    }

    /// <inheritdoc cref="ProbeSchedule.Next"/>
    public Probe? NextProbe(TimeSpan at, Func<Guid, TimeSpan, bool> hasPlace)
    {
        lock (_lock)
        {
            return _probes.Next(at, hasPlace);
        }
    }

    /// <inheritdoc cref="ProbeSchedule.Left"/>
    public void Left(Guid probe, TimeSpan at)
    {
        lock (_lock)
        {
            _probes.Left(probe, at);
        }
    }

    /// <inheritdoc cref="ProbeSchedule.Arrive"/>
    public SentProbe? Arrive(Guid probe, TimeSpan at)
    {
        lock (_lock)
        {
            return _probes.Arrive(probe, at);
        }
    }

    /// <summary>Takes a measurement in and returns what counts from now on. Unit: milliseconds.</summary>
    public double AddLatency(double milliseconds)
    {
        lock (_lock)
        {
            var latency = _latencies.Add(milliseconds);
            _reading = _reading with { LatencyMs = latency };
            return latency;
        }
    }

    /// <summary>Takes a measurement in and returns what counts from now on. Unit: Mbit/s.</summary>
    public double AddBandwidth(double mbps, TimeSpan at)
    {
        lock (_lock)
        {
            _probes.BandwidthDone(at);
            return _bandwidths.Add(mbps);
        }
    }

    private void Apply(SafetyState next)
    {
        // Most heartbeats change nothing, and then nothing is built anew.
        if (next.Breaches.Count + _safety.Breaches.Count > 0)
        {
            var reasons = SafeModeReasons.Of(next, _marks);
            _safeMode = reasons.SameAs(_safeMode) ? _safeMode : reasons;
        }

        _safety = next;
    }
}
