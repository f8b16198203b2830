using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>A node says that it lives, what it works on and how its machine is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HeartbeatRequest
{
    /// <summary>Leases that it holds: each is renewed.</summary>
    public IReadOnlyList<Guid> Leases
    {
        // The generated reader of JSON sets what is absent to null.
        get => field ?? [];
        init;
    }

    /// <summary>The node's own clock when it sent this, not corrected.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>What its sensors say; null if there is nothing new.</summary>
    public NodeTelemetry? Telemetry { get; init; }
}

/// <summary>What the server says to it.</summary>
/// <param name="ServerTime">The server's clock.</param>
/// <param name="State">State of the node, as <see cref="Nodes.NodeView.State"/>.</param>
/// <param name="Reasons">Why it gets no new leases, if so; each a sentence.</param>
/// <param name="Revoked">Leases of its that have ended; their results are not wanted.</param>
/// <param name="Probe">A measurement that the node is to answer at once; null if there is none.</param>
public sealed record HeartbeatReply(DateTimeOffset ServerTime, string State, IReadOnlyList<string> Reasons, IReadOnlyList<Guid> Revoked, Probe? Probe);

/// <summary>A measurement: the node posts as many bytes as are asked for to <c>/nodes/{id}/probes/{probe}</c> at once. The server takes the time.</summary>
/// <param name="Id">Names it; good once.</param>
/// <param name="SizeBytes">How many bytes to post; what they are does not matter. 0 measures the latency.</param>
public sealed record Probe(Guid Id, int SizeBytes);

/// <summary>What a machine's sensors say. Null is unknown: the machine has no such sensor, or it cannot be read. Nothing is estimated.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NodeTelemetry
{
    /// <summary>Share of all processors that was busy since the sample before. Range 0 to 1.</summary>
    public double? CpuLoad { get; init; }

    /// <summary>Memory that could be had. Unit: bytes.</summary>
    public long? MemoryFreeBytes { get; init; }

    /// <summary>Memory of the machine. Unit: bytes.</summary>
    public long? MemoryTotalBytes { get; init; }

    /// <summary>The hottest sensor. Unit: °C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>Power drawn since the sample before. Unit: watts.</summary>
    public double? PowerW { get; init; }

    /// <summary>Where <see cref="PowerW"/> is from: <c>rapl</c> (processor packages only) or <c>battery</c>; null with it.</summary>
    public string? PowerSource { get; init; }

    /// <summary>Charge of the battery. Range 0 to 100.</summary>
    public double? BatteryPercent { get; init; }

    /// <summary>Whether the machine runs on its battery.</summary>
    public bool? OnBattery { get; init; }

    /// <summary>Carbon intensity of the machine's electricity, as configured by its owner. Unit: g/kWh.</summary>
    public double? CarbonGramsPerKwh { get; init; }

    /// <summary>Guests that run.</summary>
    public int Running { get; init; }

    /// <summary>Leases that ended in a fault of the node since it was started.</summary>
    public long Errors { get; init; }
}
