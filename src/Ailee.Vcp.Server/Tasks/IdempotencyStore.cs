using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of idempotency keys: each belongs to a caller and is remembered for 24 hours.</summary>
internal static class IdempotencyStore
{
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(24);

    public static (Digest Body, TaskId Task)? Find(IReadTransaction transaction, string caller, string key, DateTimeOffset? trustedUtc) => transaction.QueryFirst<(Digest, TaskId)?>(
        "SELECT body, task FROM idempotency_keys WHERE caller = $caller AND key = $key AND created_ms > $oldest",
        row => (row.Digest(0), row.TaskId(1)),
        ("$caller", caller),
        ("$key", key),
        ("$oldest", Oldest(trustedUtc)));

    /// <summary>Remembers a key, and forgets the ones whose time is over.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="caller">Whose it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="body">What was submitted with it.</param>
    /// <param name="task">What came of it.</param>
    /// <param name="now">When.</param>
    /// <param name="trustedUtc">The time by which keys are old; null while the clock is doubted: then none is.</param>
    public static void Add(IWriteTransaction transaction, string caller, string key, Digest body, TaskId task, DateTimeOffset now, DateTimeOffset? trustedUtc)
    {
        transaction.Execute("DELETE FROM idempotency_keys WHERE created_ms <= $oldest", ("$oldest", Oldest(trustedUtc)));
        transaction.Execute(
            "INSERT INTO idempotency_keys (caller, key, body, task, created_ms) VALUES ($caller, $key, $body, $task, $now)",
            ("$caller", caller),
            ("$key", key),
            ("$body", body.ToArray()),
            ("$task", task.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds()));
    }

    private static long Oldest(DateTimeOffset? trustedUtc) => trustedUtc is { } now ? (now - Lifetime).ToUnixTimeMilliseconds() : long.MinValue;
}
