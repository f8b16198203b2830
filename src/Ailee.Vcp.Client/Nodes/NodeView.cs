using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Client.Nodes;

/// <summary>A node as the server knows it. What is unknown is absent.</summary>
public sealed record NodeView
{
    /// <summary>Thumbprint of its key, base64url.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>Ed25519 public key, 32 bytes in base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>
    /// The first of these that is so: <c>removed</c>, <c>quarantined</c>, <c>draining</c>, <c>offline</c>, <c>incompatible</c> (its engine
    /// is not the server's), <c>safe-mode</c>, <c>online</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Why it is removed, quarantined or draining.</summary>
    public string? StandingReason { get; init; }

    /// <summary>Why it is in safe mode, each a sentence; empty if it is not.</summary>
    public IReadOnlyList<string> SafeMode { get; init; } = [];

    /// <summary>Which of its values stand out over the fleet, each a sentence. Advisory: never scored.</summary>
    public IReadOnlyList<string> Outliers { get; init; } = [];

    /// <summary>Digest of what defines its determinism.</summary>
    public string? Profile { get; init; }

    /// <summary>Engine and version.</summary>
    public string? Engine { get; init; }

    /// <summary>Processor architecture.</summary>
    public string? Architecture { get; init; }

    /// <summary>Operating system and its version.</summary>
    public string? System { get; init; }

    /// <summary>Version of the program.</summary>
    public string? Version { get; init; }

    /// <summary>Guests that it runs at once.</summary>
    public int? Slots { get; init; }

    /// <summary>Leases that it has.</summary>
    public long Running { get; init; }

    /// <summary>Linear memory that it gives one guest. Unit: bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>What tasks may ask for.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>How fit it is for work, and why.</summary>
    public required HealthView Health { get; init; }

    /// <summary>How far its results can be relied on, now. Range 0 to 1; every node begins with 0.5.</summary>
    public required double Reputation { get; init; }

    /// <summary>What its sensors said last.</summary>
    public NodeTelemetry? Telemetry { get; init; }

    /// <summary>When <see cref="Telemetry"/> came in.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>As measured by the server. Unit: milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>As measured by the server. Unit: Mbit/s.</summary>
    public double? BandwidthMbps { get; init; }

    /// <summary>Its clock less the server's at the last heartbeat. Unit: milliseconds.</summary>
    public double? ClockSkewMs { get; init; }

    /// <summary>When the server first knew it.</summary>
    public required DateTimeOffset EnrolledAt { get; init; }

    /// <summary>When it was last heard of; absent if it never was, and for the server's own node.</summary>
    public DateTimeOffset? SeenAt { get; init; }
}

/// <summary>How fit a node is for work.</summary>
/// <param name="Score">0 (unfit) to 1: the sum of weights times normalized values, or 0 while something of weight 0 shuts it off.</param>
/// <param name="Factors">What it is made of.</param>
public sealed record HealthView(double Score, IReadOnlyList<HealthFactorView> Factors);

/// <summary>A part of a node's health.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Value">What was measured, in the unit that the reason names; absent if it is unknown.</param>
/// <param name="Normalized">The value as a number from 0 (worst) to 1 (best).</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record HealthFactorView(string Name, double? Value, double Normalized, double Weight, string Reason);
