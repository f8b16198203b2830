using System.Text;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The SQL of API keys. A revoked key stays: it is known what it did.</summary>
internal static class KeyStore
{
    private const string Columns = "id, hash, name, tenant, scopes, created_ms, expires_ms, revoked_ms, used_ms, requests_per_minute, tasks_in_flight, gas_per_day, stored_bytes, successor";

    public static List<ApiKey> All(IReadTransaction transaction) => transaction.Query($"SELECT {Columns} FROM api_keys ORDER BY created_ms, id", Map);

    public static ApiKey? Find(IReadTransaction transaction, string id) => transaction.QueryFirst($"SELECT {Columns} FROM api_keys WHERE id = $id", Map, ("$id", id));

    /// <summary>Keys, newest first, one more than the limit.</summary>
    public static List<ApiKey> List(IReadTransaction transaction, ListQuery query) => transaction.Query(
        $"SELECT {Columns} FROM api_keys WHERE (created_ms, id) < ($created, $id) ORDER BY created_ms DESC, id DESC LIMIT $limit",
        Map,
        ("$created", query.After.CreatedMs),
        ("$id", Encoding.UTF8.GetString(query.After.Id)),
        ("$limit", query.Limit + 1L));

    /// <summary>Where a key stands in the list.</summary>
    public static Cursor CursorOf(ApiKey key) => new(key.CreatedAt.ToUnixTimeMilliseconds(), Encoding.UTF8.GetBytes(key.Id));

    public static int Add(IWriteTransaction transaction, ApiKey key) => transaction.Execute(
        $"INSERT INTO api_keys ({Columns}) VALUES ($id, $hash, $name, $tenant, $scopes, $created, $expires, $revoked, $used, $requests, $tasks, $gas, $bytes, $successor)",
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
        ("$bytes", key.Limits.StoredBytes),
        ("$successor", key.Successor));

    public static int Revoke(IWriteTransaction transaction, string id, DateTimeOffset now) =>
        transaction.Execute("UPDATE api_keys SET revoked_ms = $now WHERE id = $id AND revoked_ms IS NULL", ("$id", id), ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Says which key took the place of another, and until when that one goes on if it was not over before.</summary>
    public static int Succeed(IWriteTransaction transaction, string id, string successor, DateTimeOffset until) => transaction.Execute(
        "UPDATE api_keys SET successor = $successor, expires_ms = MIN(IFNULL(expires_ms, $until), $until) WHERE id = $id",
        ("$id", id),
        ("$successor", successor),
        ("$until", until.ToUnixTimeMilliseconds()));

    /// <summary>Says when a key was last used.</summary>
    public static int Use(IWriteTransaction transaction, string id, DateTimeOffset at) =>
        transaction.Execute("UPDATE api_keys SET used_ms = MAX(IFNULL(used_ms, 0), $at) WHERE id = $id", ("$id", id), ("$at", at.ToUnixTimeMilliseconds()));

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
        Successor = row.NullableText(13),
    };
}
