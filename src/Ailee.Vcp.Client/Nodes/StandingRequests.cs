using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Nodes;

/// <summary>Quarantines a node.</summary>
/// <param name="Reason">Why, for people; it is logged for anybody to read. 1 to 128 bytes.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuarantineRequest(string Reason);

/// <summary>Lets a node go on under another key.</summary>
/// <param name="PublicKey">The new Ed25519 key, 32 bytes in base64url.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RotationRequest(string PublicKey);
