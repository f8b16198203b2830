using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Server.Clocks;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Nodes as the contract shows them.</summary>
internal static class NodeViews
{
    /// <summary>A node as it is now.</summary>
    /// <param name="node">The node.</param>
    /// <param name="running">Leases that it has.</param>
    /// <param name="now">The time.</param>
    public static NodeView Create(LiveNode node, long running, Moment now) => new()
    {
        Id = node.Id.ToString(),
        Name = node.Row.Name,
        Owner = node.Row.Owner,
        PublicKey = node.Row.PublicKey.ToString(),
        State = node.State(now),
        StandingReason = node.StandingReason,
        SafeMode = node.SafeMode,
        Outliers = node.Outliers,
        Profile = node.Capabilities?.Profile,
        Engine = node.Capabilities?.Engine,
        Architecture = node.Capabilities?.Architecture,
        System = node.Capabilities?.System,
        Version = node.Capabilities?.Version,
        Slots = node.Capabilities?.Slots,
        Running = running,
        MemoryBytes = node.Capabilities?.MemoryBytes,
        Labels = node.Capabilities?.Labels,
        Health = new HealthView(
            node.Health.Value,
            [.. node.Health.Factors.Select(factor => new HealthFactorView(factor.Name, factor.Value, factor.Normalized, factor.Weight, factor.Reason))]),
        Reputation = node.Reputation.DecayTo(now.Utc).Value,
        Telemetry = node.Telemetry,
        MeasuredAt = node.TelemetryAt,
        LatencyMs = node.LatencyMs,
        BandwidthMbps = node.BandwidthMbps,
        ClockSkewMs = node.ClockSkewMs,
        EnrolledAt = node.Row.EnrolledAt,
        SeenAt = node.IsBuiltIn ? null : node.SeenAt,
    };

    /// <summary>Something that happened to a node.</summary>
    public static NodeEventView Create(NodeEvent happened) =>
        new(happened.Kind, happened.At, happened.Delta, happened.Reputation, happened.Task?.ToString(), happened.Detail);
}
