using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>Asks for something to sign.</summary>
/// <param name="PublicKey">The node's Ed25519 key, 32 bytes in base64url.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChallengeRequest(string PublicKey);

/// <summary>Something to sign. Good for a minute, and for one enrolment or session.</summary>
/// <param name="Challenge">Opaque bytes, base64url, at most 256 characters.</param>
/// <param name="Origin">Origin of the server's log: what is signed names it.</param>
/// <param name="LogKey">The log's key in the form of C2SP signed notes; a node remembers it from its enrolment on.</param>
/// <param name="ServerTime">The server's clock.</param>
public sealed record ChallengeView(string Challenge, string Origin, string LogKey, DateTimeOffset ServerTime);

/// <summary>Enrols a node.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EnrolmentRequest
{
    /// <summary>A one-time token of the operator. It says who answers for the node.</summary>
    public required string Token { get; init; }

    /// <summary>The node's Ed25519 key, 32 bytes in base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>The challenge.</summary>
    public required string Challenge { get; init; }

    /// <summary>64 bytes in base64url: <c>NodeProof.ForEnrolment</c> signed with the key.</summary>
    public required string Signature { get; init; }

    /// <summary>Name for people, 1 to 64 bytes; the token's name goes before it.</summary>
    public string? Name { get; init; }

    /// <summary>What it can do.</summary>
    public required NodeCapabilities Capabilities { get; init; }
}

/// <summary>Starts a session. The node's session before it, if there is one, ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SessionRequest
{
    /// <summary>The challenge.</summary>
    public required string Challenge { get; init; }

    /// <summary>64 bytes in base64url: <c>NodeProof.ForSession</c> signed with the key.</summary>
    public required string Signature { get; init; }

    /// <summary>What it can do.</summary>
    public required NodeCapabilities Capabilities { get; init; }

    /// <summary>The latest checkpoint of the server's log that the node saw, as a signed note. A log that it contradicts is read-only from then on.</summary>
    public string? Checkpoint { get; init; }
}

/// <summary>A session.</summary>
/// <param name="Token">Sent as <c>Authorization: Bearer</c> with the node's calls.</param>
/// <param name="ExpiresAt">When a new session is needed.</param>
/// <param name="ServerTime">The server's clock.</param>
/// <param name="HeartbeatMs">How often the node is to send a heartbeat.</param>
/// <param name="LeaseTtlMs">How long after the last heartbeat a lease is taken away.</param>
/// <param name="Checkpoint">The log's checkpoint; the node keeps it for its next session.</param>
public sealed record SessionView(string Token, DateTimeOffset ExpiresAt, DateTimeOffset ServerTime, int HeartbeatMs, int LeaseTtlMs, string Checkpoint);
