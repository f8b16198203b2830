namespace Ailee.Vcp.Client.Keys;

/// <summary>An API key, without what its holder sends but in the answer that made it.</summary>
/// <param name="Id">Its name for those who manage it; no secret.</param>
/// <param name="Name">For people to read.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record KeyView(string Id, string Name, string Tenant, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt)
{
    /// <summary>What its holder sends. Only in the answer that made it: the server does not know it any more.</summary>
    public string? Secret { get; init; }

    /// <summary>From when on it opens nothing; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, to a minute or so; null if it was not.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Id of the key that took its place; null if none did.</summary>
    public string? Successor { get; init; }

    /// <summary>What its tenant may use by it; null for what the server allows everybody.</summary>
    public KeyLimitsView? Limits { get; init; }
}
