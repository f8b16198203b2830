using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// Takes heartbeats, of remote nodes and of the one in this process. They are many: it answers from memory, looks at one node only, and
/// leaves what must be stored to <see cref="TelemetryWriter"/>. Thread-safe.
/// </summary>
internal sealed class HeartbeatService(
    NodeRegistry registry,
    NodeWatches watches,
    FleetHealth health,
    ProbeService probes,
    ILeases leases,
    TelemetryMetrics metrics,
    IOptions<SafetyOptions> options,
    ServerClock clock)
{
    private readonly SafetyPolicy _policy = options.Value.Policy;

    /// <summary>Takes a heartbeat of an enrolled node, whose session was checked.</summary>
    public HeartbeatReply Take(NodeId node, HeartbeatRequest request)
    {
        var now = clock.Now;
        metrics.Heartbeat();
        if (registry.Find(node) is null)
        {
            return new HeartbeatReply(now.Utc, NodeStates.Removed, ["The node is not enrolled."], request.Leases, null);
        }

        var watch = watches.Of(node);
        var telemetry = Accept(request.Telemetry);
        watch.Judge(telemetry, _policy, now.Utc);
        var live = registry.Update(node, before => health.Refresh(before, Heard(before, watch, request.SentAt, telemetry, now), now))!;
        // The node in this process has no network in between that could be measured.
        var probe = live.IsBuiltIn ? null : probes.Next(watch);
        var state = live.State(now);
        return new HeartbeatReply(now.Utc, state, Reasons(live, state), leases.Renew(node, request.Leases), probe);
    }

    private static IReadOnlyList<string> Reasons(LiveNode node, string state) => state switch
    {
        NodeStates.Online => [],
        NodeStates.SafeMode => node.SafeMode,
        NodeStates.Incompatible => ["The node's profile is not the server's."],
        NodeStates.Draining => [node.StandingReason ?? "An operator drains the node."],
        _ => [node.StandingReason ?? $"The node is {state}."],
    };

    private static LiveNode Heard(LiveNode node, NodeWatch watch, DateTimeOffset sentAt, NodeTelemetry? telemetry, Moment now) => node with
    {
        SeenAt = now.Utc,
        HeardAt = now.Uptime,
        ClockSkewMs = (sentAt - now.Utc).TotalMilliseconds,
        SafeMode = watch.SafeMode.Sentences,
        Telemetry = telemetry ?? node.Telemetry,
        TelemetryAt = telemetry is null ? node.TelemetryAt : now.Utc,
    };

    private NodeTelemetry? Accept(NodeTelemetry? told)
    {
        if (told is null)
        {
            return null;
        }

        var (kept, dropped) = TelemetryRules.Accept(told);
        foreach (var name in dropped)
        {
            metrics.Dropped(name);
        }

        return kept;
    }
}
