using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The SQL of API keys. A revoked key stays: it is known what it did.</summary>
internal static class KeyStore
{
    private const string Columns = "id, hash, name, tenant, scopes, created_ms, expires_ms, revoked_ms, used_ms, requests_per_minute, tasks_in_flight, gas_per_day, stored_bytes";

    public static List<ApiKey> All(IReadTransaction transaction) => transaction.Query($"SELECT {Columns} FROM api_keys ORDER BY created_ms, id", Map);

    public static ApiKey? Find(IReadTransaction transaction, string id) => transaction.QueryFirst($"SELECT {Columns} FROM api_keys WHERE id = $id", Map, ("$id", id));

    public static int Add(IWriteTransaction transaction, ApiKey key) => transaction.Execute(
        $"INSERT INTO api_keys ({Columns}) VALUES ($id, $hash, $name, $tenant, $scopes, $created, $expires, $revoked, $used, $requests, $tasks, $gas, $bytes)",
        ("$id", key.Id),
        ("$hash", key.Hash),
        ("$name", key.Name),
        ("$tenant", key.Tenant),
        ("$scopes", string.Join(' ', Scopes.Format(key.Scopes))),
        ("$created", key.CreatedAt.ToUnixTimeMilliseconds()),
        ("$expires", key.ExpiresAt?.ToUnixTimeMilliseconds()),
        ("$revoked", key.RevokedAt?.ToUnixTimeMilliseconds()),
        ("$used", key.UsedAt?.ToUnixTimeMilliseconds()),
        ("$requests", key.Limits.RequestsPerMinute),
        ("$tasks", key.Limits.TasksInFlight),
        ("$gas", key.Limits.GasPerDay),
        ("$bytes", key.Limits.StoredBytes));

    private static ApiKey Map(Row row) => new(
        row.Text(0),
        row.Bytes(1),
        row.Text(2),
        row.Text(3),
        Scopes.Parse(row.Text(4).Split(' ')) ?? throw new InvalidDataException($"A stored key has the scopes '{row.Text(4)}'."),
        row.Time(5))
    {
        ExpiresAt = row.NullableTime(6),
        RevokedAt = row.NullableTime(7),
        UsedAt = row.NullableTime(8),
        Limits = new KeyLimits(row.NullableInt64(9), row.NullableInt64(10), row.NullableInt64(11), row.NullableInt64(12)),
    };
}
