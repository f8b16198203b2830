using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The SQL of what tenants used. A decided task counts in the transaction that decides it. Who calls without a key has no quota and is not counted.</summary>
internal static class TenantUsage
{
    private const long MsPerDay = 24 * 60 * 60 * 1000;

    /// <summary>SQL: bytes of what a submitter said of the task <c>t</c> beside its input; they are kept as long as the task.</summary>
    public const string RowBytes = "OCTET_LENGTH(t.selection) + IFNULL(OCTET_LENGTH(t.labels), 0)";

    // What came for a task that then was not completed is dropped with the decision.
    private const string StoredBytes =
        $"""
        IFNULL((SELECT {RowBytes} FROM tasks t WHERE t.id = $task), 0)
        + IFNULL((SELECT LENGTH(invocation) + LENGTH(stdin) FROM task_inputs WHERE task = $task), 0)
        + CASE (SELECT state FROM tasks WHERE id = $task) WHEN '{TaskStates.Completed}' THEN
            IFNULL((SELECT LENGTH(record) + LENGTH(stdout) + LENGTH(stderr) FROM task_outputs WHERE task = $task), 0)
            + IFNULL((SELECT SUM(LENGTH(content)) FROM task_file_chunks WHERE task = $task), 0)
            + IFNULL((SELECT LENGTH(hashes) + LENGTH(lengths) + LENGTH(leaves) FROM task_traces WHERE task = $task), 0)
          ELSE 0 END
        """;

    /// <summary>Gas that a tenant used on the day of UTC. What was counted on a later day, by a clock that was ahead, counts as of this one.</summary>
    public static long Gas(IReadTransaction transaction, string tenant, DateTimeOffset now) => transaction.QueryFirst(
        "SELECT gas FROM tenant_usage WHERE tenant = $tenant AND day >= $day",
        row => row.Int64(0),
        ("$tenant", tenant),
        ("$day", DayOf(now)));

    /// <summary>Bytes of a tenant's modules and bundles and of its decided tasks.</summary>
    public static long Stored(IReadTransaction transaction, string tenant) => transaction.QueryFirst(
        """
        SELECT IFNULL((SELECT stored_bytes FROM tenant_usage WHERE tenant = $tenant), 0)
             + IFNULL((SELECT SUM(m.size_bytes) FROM tenant_modules t JOIN modules m ON m.digest = t.module WHERE t.tenant = $tenant), 0)
             + IFNULL((SELECT SUM(b.tar_bytes) FROM tenant_bundles t JOIN bundles b ON b.digest = t.bundle WHERE t.tenant = $tenant), 0)
        """,
        row => row.Int64(0),
        ("$tenant", tenant));

    /// <summary>
    /// Counts a task that was decided just now: the agreed gas for each that ran it and each time that it did, or all that it might have used if nothing was agreed after
    /// it had been leased, so that nothing computes for free.
    /// </summary>
    public static void Settle(IWriteTransaction transaction, TaskId task, DateTimeOffset now)
    {
        var ended = transaction.QueryFirst<(string Tenant, long? Gas, long Runs)?>(
            "SELECT submitter, gas, replicas * runs FROM tasks WHERE id = $task AND submitter <> 'local'",
            row => (row.Text(0), row.NullableInt64(1), row.Int64(2)),
            ("$task", task.ToArray()));
        if (ended is not { } found)
        {
            return;
        }

        var gas = found.Gas * found.Runs ?? (HasAttempt(transaction, task) ? MostGas(transaction, task, found.Runs) : 0);
        transaction.Execute(
            $"""
            INSERT INTO tenant_usage (tenant, day, gas, stored_bytes) VALUES ($tenant, $day, $gas, {StoredBytes})
            ON CONFLICT (tenant) DO UPDATE SET day = excluded.day, stored_bytes = stored_bytes + excluded.stored_bytes,
                gas = excluded.gas + CASE WHEN day >= excluded.day THEN gas ELSE 0 END
            """,
            ("$tenant", found.Tenant),
            ("$day", DayOf(now)),
            ("$gas", gas),
            ("$task", task.ToArray()));
    }

    /// <summary>Counts what of a decided task is deleted by <paramref name="delete"/>.</summary>
    public static void Release(IWriteTransaction transaction, TaskId task, Action delete)
    {
        Count(transaction, task, -1);
        delete();
        Count(transaction, task, 1);
    }

    /// <summary>The most gas that a task may use before its output is paid for.</summary>
    public static long MostGas(DeterministicLimits limits, long inputBytes, long runs) =>
        runs * GasSchedule.Total(limits.Instructions, limits.MemoryBytes / (64 * 1024), inputBytes, 0);

    private static int Count(IWriteTransaction transaction, TaskId task, long sign) => transaction.Execute(
        $"UPDATE tenant_usage SET stored_bytes = stored_bytes + $sign * ({StoredBytes}) WHERE tenant = (SELECT submitter FROM tasks WHERE id = $task)",
        ("$sign", sign),
        ("$task", task.ToArray()));

    private static bool HasAttempt(IReadTransaction transaction, TaskId task) =>
        transaction.QueryFirst<long?>("SELECT 1 FROM attempts WHERE task = $task LIMIT 1", row => row.Int64(0), ("$task", task.ToArray())) is not null;

    private static long MostGas(IReadTransaction transaction, TaskId task, long runs) => transaction.QueryFirst(
        "SELECT invocation, LENGTH(stdin) FROM task_inputs WHERE task = $task",
        row => MostGas(Invocation.TryDecode(row.Bytes(0), out _)!.Limits, row.Bytes(0).Length + row.Int64(1), runs),
        ("$task", task.ToArray()));

    private static long DayOf(DateTimeOffset now) => now.ToUnixTimeMilliseconds() / MsPerDay;
}
