using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Client.Nodes;

/// <summary>What was known of a node's machine at a moment.</summary>
/// <param name="MeasuredAt">When the server got it.</param>
/// <param name="Telemetry">What its sensors said.</param>
/// <param name="LatencyMs">As measured by the server. Null: not yet. Unit: milliseconds.</param>
/// <param name="BandwidthMbps">As measured by the server. Null: not yet. Unit: Mbit/s.</param>
public sealed record TelemetrySample(DateTimeOffset MeasuredAt, NodeTelemetry Telemetry, double? LatencyMs, double? BandwidthMbps);
