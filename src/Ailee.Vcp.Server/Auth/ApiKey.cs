using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Server.Auth;

/// <summary>An API key as it is kept: without what its holder sends.</summary>
/// <param name="Id">Its name for those who manage it; no secret.</param>
/// <param name="Hash">SHA-256 of what its holder sends.</param>
/// <param name="Name">For people to read.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Scopes">As it was made with.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ApiKey(string Id, byte[] Hash, string Name, string Tenant, Scope Scopes, DateTimeOffset CreatedAt)
{
    /// <summary>From when on it opens nothing; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, to a minute or so; null if it was not.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Id of the key that took its place; null if none did.</summary>
    public string? Successor { get; init; }

    /// <summary>What its tenant may use by it.</summary>
    public KeyLimits Limits { get; init; } = KeyLimits.None;

    /// <summary>Whether it opens anything.</summary>
    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>A new key and what its holder sends, which is not kept.</summary>
    public static (ApiKey Key, string Secret) Create(string name, string tenant, Scope scopes, DateTimeOffset now)
    {
        var made = ApiKeySecret.Create();
        return (new ApiKey(made.Id, ApiKeySecret.HashOf(made.Secret), name, tenant, scopes, now), made.Secret);
    }
}
