namespace Ailee.Vcp.Client.Nodes;

/// <summary>A node as the server knows it.</summary>
/// <param name="Id">Thumbprint of its key, base64url.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="PublicKey">Ed25519 public key, 32 bytes in base64url.</param>
/// <param name="Profile">Digest of what defines its determinism.</param>
/// <param name="Engine">Engine and version.</param>
/// <param name="Architecture">Processor architecture.</param>
/// <param name="Slots">Guests that it runs at once.</param>
/// <param name="State"><c>online</c> or <c>offline</c>.</param>
/// <param name="EnrolledAt">When the server first knew it.</param>
public sealed record NodeView(
    string Id,
    string Name,
    string Owner,
    string PublicKey,
    string Profile,
    string Engine,
    string Architecture,
    int Slots,
    string State,
    DateTimeOffset EnrolledAt);
