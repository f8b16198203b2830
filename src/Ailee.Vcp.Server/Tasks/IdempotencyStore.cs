using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of idempotency keys: each belongs to a caller and is remembered for 24 hours.</summary>
internal static class IdempotencyStore
{
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(24);

    public static (Digest Body, TaskId Task)? Find(IReadTransaction transaction, string caller, string key, DateTimeOffset now) => transaction.QueryFirst<(Digest, TaskId)?>(
        "SELECT body, task FROM idempotency_keys WHERE caller = $caller AND key = $key AND created_ms > $oldest",
        row => (row.Digest(0), row.TaskId(1)),
        ("$caller", caller),
        ("$key", key),
        ("$oldest", (now - Lifetime).ToUnixTimeMilliseconds()));

    /// <summary>Remembers a key, and forgets the ones whose time is over.</summary>
    public static void Add(IWriteTransaction transaction, string caller, string key, Digest body, TaskId task, DateTimeOffset now)
    {
        transaction.Execute("DELETE FROM idempotency_keys WHERE created_ms <= $oldest", ("$oldest", (now - Lifetime).ToUnixTimeMilliseconds()));
        transaction.Execute(
            "INSERT INTO idempotency_keys (caller, key, body, task, created_ms) VALUES ($caller, $key, $body, $task, $now)",
            ("$caller", caller),
            ("$key", key),
            ("$body", body.ToArray()),
            ("$task", task.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds()));
    }
}
