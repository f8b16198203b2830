using System.Text.Json.Serialization;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Client.Keys;

/// <summary>Asks for an API key.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyRequest
{
    /// <summary>For people to read, 1 to 64 printable characters.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is: 1 to 63 of <c>a-z 0-9 . _ -</c>, the first a letter or digit. Null: the name, which must then be one.</summary>
    public string? Tenant { get; init; }

    /// <summary>What it may do, at least one of <c>read</c>, <c>tasks</c>, <c>nodes</c>, <c>audit</c> and <c>admin</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>From when on it opens nothing. Null: never, or as <see cref="ExpiresInSeconds"/> says; not both.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long it is good. Unit: seconds. Range 1 to 315 360 000 (10 years).</summary>
    public long? ExpiresInSeconds { get; init; }

    /// <summary>What its tenant may use by it. Null: what the server allows everybody.</summary>
    public KeyLimitsView? Limits { get; init; }
}

/// <summary>Limits of a key; null for the server's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyLimitsView
{
    /// <summary>Requests in a minute. Range 1 to 100 000 000.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Undecided tasks of the tenant at once. Not negative.</summary>
    public long? TasksInFlight { get; init; }

    /// <summary>Gas of the tenant's tasks on a day of UTC. Not negative.</summary>
    public long? GasPerDay { get; init; }

    /// <summary>Bytes of the tenant's modules, bundles, inputs and outputs. Not negative.</summary>
    public long? StoredBytes { get; init; }
}

/// <summary>Asks for another key in the place of one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyRotationRequest
{
    /// <summary>How long the old key goes on. Unit: seconds. Default 0: it is revoked at once. Range 0 to 2 592 000 (30 days).</summary>
    public int? GraceSeconds { get; init; }
}
