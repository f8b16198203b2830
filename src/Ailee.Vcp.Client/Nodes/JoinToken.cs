using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Nodes;

/// <summary>Asks for a token that enrols one node.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record JoinTokenRequest
{
    /// <summary>Who answers for the node, 1 to 64 bytes. A quorum never counts an owner twice.</summary>
    public required string Owner { get; init; }

    /// <summary>Name of the node, 1 to 64 bytes. Null: the node says its own.</summary>
    public string? Name { get; init; }

    /// <summary>How long the token is good. Unit: seconds. Default 3600. Range 60 to 2 592 000 (30 days).</summary>
    public int? ExpiresInSeconds { get; init; }
}

/// <summary>A token that enrols one node. It is shown this once.</summary>
/// <param name="Token">The token.</param>
/// <param name="Owner">Who answers for the node.</param>
/// <param name="Name">Name of the node, if it is fixed.</param>
/// <param name="ExpiresAt">When it is no longer good.</param>
public sealed record JoinTokenView(string Token, string Owner, string? Name, DateTimeOffset ExpiresAt);
