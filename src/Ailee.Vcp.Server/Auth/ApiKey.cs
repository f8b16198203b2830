using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

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
    private const string SecretPrefix = "vcp_";

    /// <summary>From when on it opens nothing; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, to a minute or so; null if it was not.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>What its tenant may use by it.</summary>
    public KeyLimits Limits { get; init; } = KeyLimits.None;

    /// <summary>A new key and the 32 random bytes, as text, that its holder sends. They are not kept.</summary>
    public static (ApiKey Key, string Secret) Create(string name, string tenant, Scope scopes, DateTimeOffset now)
    {
        var secret = SecretPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var id = $"key_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        return (new ApiKey(id, HashOf(secret), name, tenant, scopes, now), secret);
    }

    /// <summary>What is kept of a key.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
