using System.IO.Pipelines;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>Measures how far nodes are and how much they can send, by probes that heartbeats' answers ask for. Thread-safe.</summary>
internal sealed class ProbeService(
    NodeWatches watches, NodeRegistry registry, FleetHealth health, BandwidthPlaces places, TelemetryMetrics metrics, ServerClock clock, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>The probe that is due for a node; null if none is.</summary>
    public Probe? Next(NodeWatch watch)
    {
        var at = Elapsed;
        return watch.NextProbe(at, (probe, until) => places.TryTake(probe, at, until));
    }

    /// <summary>The answer that asks for a probe leaves now.</summary>
    public void Left(NodeId node, Guid probe) => watches.Find(node)?.Left(probe, Elapsed);

    /// <summary>
    /// A probe arrived, and its body follows. False if it is not the one that was asked for, comes too late or a second time, or has another
    /// size: it counts as nothing.
    /// </summary>
    public async Task<bool> TakeAsync(NodeId node, Guid probe, PipeReader body, CancellationToken cancellationToken)
    {
        var arrivedAt = Elapsed;
        if (watches.Find(node) is not { } watch || watch.Arrive(probe, arrivedAt) is not { } sent)
        {
            return false;
        }

        try
        {
            var (bytes, firstBytes, firstAt) = (0L, 0L, arrivedAt);
            while (true)
            {
                var read = await body.ReadAsync(cancellationToken);
                if (bytes == 0)
                {
                    (firstBytes, firstAt) = (read.Buffer.Length, Elapsed);
                }

                bytes += read.Buffer.Length;
                body.AdvanceTo(read.Buffer.End);
                if (bytes > sent.SizeBytes)
                {
                    return false;
                }

                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (bytes == sent.SizeBytes)
            {
                Measured(node, watch, sent, arrivedAt, Bandwidth.Mbps(bytes, firstBytes, sent.LeftAt, firstAt, Elapsed));
            }

            return bytes == sent.SizeBytes;
        }
        finally
        {
            places.GiveBack(sent.Id);
        }
    }

    private void Measured(NodeId node, NodeWatch watch, SentProbe sent, TimeSpan arrivedAt, double? mbps)
    {
        if (sent.SizeBytes == 0)
        {
            var elapsed = arrivedAt - sent.LeftAt;
            var latency = watch.AddLatency(elapsed.TotalMilliseconds);
            metrics.Latency(elapsed);
            registry.Update(node, live => health.Refresh(live, live with { LatencyMs = latency }, clock.Now));
        }
        else if (mbps is { } known)
        {
            var bandwidth = watch.AddBandwidth(known, Elapsed);
            registry.Update(node, live => health.Refresh(live, live with { BandwidthMbps = bandwidth }, clock.Now));
        }
    }
}
