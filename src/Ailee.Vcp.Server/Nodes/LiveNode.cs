using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Clocks;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>What is known of an enrolled node now. What is not stored is unknown after a restart.</summary>
internal sealed record LiveNode
{
    private const int MissedHeartbeats = 3;

    // A node of an engine runs its profiles of all hashes, so any of them says that it is the engine.
    private static readonly string[] Profiles =
        [.. new[] { ContentHash.Sha256, ContentHash.Sha3 }.Where(hash => hash.IsSupported).Select(hash => hash.Text(EngineProfile.DigestOf(hash)))];

    /// <summary>Who it is; never changes.</summary>
    public required NodeRow Row { get; init; }

    /// <summary>Whether it is this process's own: it has no session, and is heard of as long as the process lives.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>A silence longer than this is offline.</summary>
    public required TimeSpan StaleAfter { get; init; }

    /// <summary>What it said that it can do; null before its first session if its key was rotated.</summary>
    public NodeCapabilities? Capabilities { get; init; }

    /// <summary>One of <see cref="NodeStandings"/>.</summary>
    public string Standing { get; init; } = NodeStandings.Active;

    /// <summary>Why it stands there, for people; null if nobody said.</summary>
    public string? StandingReason { get; init; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The same by the time that the server ran, by which its silence is judged; below zero if that was before this run.</summary>
    public TimeSpan? HeardAt { get; init; }

    /// <summary>As of its own moment; see <see cref="NodeReputation.DecayTo"/>.</summary>
    public NodeReputation Reputation { get; init; }

    /// <summary>Results confirmed by a quorum or an audit since the last fault.</summary>
    public long Confirmed { get; init; }

    /// <summary>What its sensors said last.</summary>
    public NodeTelemetry? Telemetry { get; init; }

    /// <summary>When that came in.</summary>
    public DateTimeOffset? TelemetryAt { get; init; }

    /// <summary>As measured by the server. Unit: milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>As measured by the server. Unit: Mbit/s.</summary>
    public double? BandwidthMbps { get; init; }

    /// <summary>As measured by the server from agreed results. Unit: gas per second.</summary>
    public double? GasPerSecond { get; init; }

    /// <summary>Its clock less the server's at the last heartbeat. Unit: milliseconds.</summary>
    public double? ClockSkewMs { get; init; }

    /// <summary>Why it is in safe mode, each a sentence; none if it is not.</summary>
    public IReadOnlyList<string> SafeMode { get; init; } = [];

    /// <summary>Which of its values stand out over the fleet, each a sentence. Advisory: never scored.</summary>
    public IReadOnlyList<string> Outliers { get; init; } = [];

    /// <summary>How fit it is for work, as of the last time that it was worked out.</summary>
    public required HealthScore Health { get; init; }

    /// <summary>Its id.</summary>
    public NodeId Id => Row.Id;

    /// <summary>Whether it has the server's engine, so that the server's tasks can run on it.</summary>
    public bool IsCompatible => Capabilities is { } known && Profiles.Contains(known.Profile);

    /// <summary>A node as it is stored.</summary>
    /// <param name="stored">The row.</param>
    /// <param name="isBuiltIn">Whether it is this process's own.</param>
    /// <param name="staleAfter">Three heartbeats.</param>
    public static LiveNode Of(StoredNode stored, bool isBuiltIn, TimeSpan staleAfter) => new()
    {
        Row = stored.Row,
        IsBuiltIn = isBuiltIn,
        StaleAfter = staleAfter,
        Capabilities = stored.Capabilities,
        Standing = stored.Standing,
        StandingReason = stored.StandingReason,
        SeenAt = stored.SeenAt,
        Reputation = stored.Reputation,
        Confirmed = stored.Confirmed,
        Health = HealthScore.Of(new HealthInput { Reputation = stored.Reputation.Value, Silence = isBuiltIn ? TimeSpan.Zero : null, StaleAfter = staleAfter }),
    };

    /// <summary>The silence after which a node is offline.</summary>
    public static TimeSpan StaleAfterOf(NodeOptions options) => MissedHeartbeats * TimeSpan.FromMilliseconds(options.HeartbeatMs);

    /// <summary>One of <see cref="NodeStates"/>.</summary>
    public string State(Moment now) =>
        Standing != NodeStandings.Active ? Standing
        : !IsBuiltIn && !(now.Uptime - HeardAt <= StaleAfter) ? NodeStates.Offline
        : !IsCompatible ? NodeStates.Incompatible
        : SafeMode.Count > 0 ? NodeStates.SafeMode
        : NodeStates.Online;
}
