using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Keys as administrators see them.</summary>
internal static class KeyViews
{
    /// <summary>A key.</summary>
    /// <param name="key">As it is stored.</param>
    /// <param name="usedAt">When this process last saw it, which may not be stored yet.</param>
    public static KeyView Create(ApiKey key, DateTimeOffset? usedAt) => new(key.Id, key.Name, key.Tenant, Scopes.Format(key.Scopes), key.CreatedAt)
    {
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        UsedAt = usedAt > key.UsedAt || key.UsedAt is null ? usedAt : key.UsedAt,
        Successor = key.Successor,
        Limits = key.Limits == KeyLimits.None ? null : new KeyLimitsView
        {
            RequestsPerMinute = key.Limits.RequestsPerMinute,
            TasksInFlight = key.Limits.TasksInFlight,
            GasPerDay = key.Limits.GasPerDay,
            StoredBytes = key.Limits.StoredBytes,
        },
    };
}
