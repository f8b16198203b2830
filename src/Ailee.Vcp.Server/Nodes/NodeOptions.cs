namespace Ailee.Vcp.Server.Nodes;

/// <summary>How nodes and the server keep in touch.</summary>
public sealed class NodeOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Nodes";

    /// <summary>How often a node sends a heartbeat; after three that are missing it is offline. Unit: milliseconds. Default 5000. Range 100 to 60 000.</summary>
    public int HeartbeatMs { get; set; } = 5000;

    /// <summary>
    /// How long after a node's last heartbeat its leases are taken away; less than two heartbeats counts as two. Unit: milliseconds.
    /// Default 30 000. Range 200 to 3 600 000.
    /// </summary>
    public int LeaseTtlMs { get; set; } = 30_000;

    /// <summary>How long a node's session lasts. Unit: minutes. Default 60. Range 1 to 1440.</summary>
    public int SessionMinutes { get; set; } = 60;

    /// <summary>How long telemetry is kept. Unit: hours. Default 24. Range 1 to 8760.</summary>
    public int TelemetryKeepHours { get; set; } = 24;

    /// <summary>Carbon intensity of this machine's electricity, which the built-in node tells; null if it is not known. Unit: g/kWh. Range 0 to 10 000.</summary>
    public double? CarbonGramsPerKwh { get; set; }

    /// <summary><see cref="LeaseTtlMs"/>, but not less than two heartbeats.</summary>
    public TimeSpan EffectiveLeaseTtl => TimeSpan.FromMilliseconds(Math.Max(LeaseTtlMs, 2 * HeartbeatMs));

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (HeartbeatMs is < 100 or > 60_000)
        {
            yield return $"{Section}:{nameof(HeartbeatMs)} must be between 100 and 60000.";
        }

        if (LeaseTtlMs is < 200 or > 3_600_000)
        {
            yield return $"{Section}:{nameof(LeaseTtlMs)} must be between 200 and 3600000.";
        }

        if (SessionMinutes is < 1 or > 1440)
        {
            yield return $"{Section}:{nameof(SessionMinutes)} must be between 1 and 1440.";
        }

        if (TelemetryKeepHours is < 1 or > 8760)
        {
            yield return $"{Section}:{nameof(TelemetryKeepHours)} must be between 1 and 8760.";
        }

        if (CarbonGramsPerKwh is not (null or >= 0 and <= 10_000))
        {
            yield return $"{Section}:{nameof(CarbonGramsPerKwh)} must be between 0 and 10000.";
        }
    }
}
