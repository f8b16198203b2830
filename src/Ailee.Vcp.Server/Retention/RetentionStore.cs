using System.Buffers.Binary;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Retention;

/// <summary>The SQL of taking away. A step is small, because nothing else is written meanwhile.</summary>
internal static class RetentionStore
{
    private const long MostTasks = 100;
    private const long MostBytes = 16 << 20;

    /// <summary>Takes away some of what belongs to tasks that were finished before a moment.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="content">What is taken away.</param>
    /// <param name="oldest">Tasks that were finished then or before are due, unless an audit of them is.</param>
    /// <param name="after">The task that the step before came to; the default at first.</param>
    public static RetentionStep Expire(IWriteTransaction transaction, ExpiringContent content, DateTimeOffset oldest, TaskId after)
    {
        // Ids sort by creation, and no task is finished before it is made: so what is young is not even looked at.
        var rows = transaction.Query(
            $"""
            SELECT c.task, {content.SizeBytes},
                   t.completed_ms <= $oldest AND NOT EXISTS (SELECT 1 FROM audits a WHERE a.task = c.task AND a.state = 'due')
            FROM {content.Table} c JOIN tasks t ON t.id = c.task
            WHERE c.task > $after AND c.task < $end ORDER BY c.task LIMIT {MostTasks}
            """,
            row => (Task: row.TaskId(0), SizeBytes: row.Int64(1), IsDue: row.NullableInt64(2) == 1),
            ("$oldest", oldest.ToUnixTimeMilliseconds()),
            ("$after", after.ToArray()),
            ("$end", FirstIdAfter(oldest)));
        var step = default(RetentionStep);
        foreach (var row in rows.Where(row => row.IsDue))
        {
            if (step.Tasks > 0 && step.SizeBytes + row.SizeBytes > MostBytes)
            {
                // The rest in the next step, from the last one that was taken on.
                return step;
            }

            TenantUsage.Release(transaction, row.Task, () =>
            {
                foreach (var sql in content.Removal)
                {
                    transaction.Execute(sql, ("$task", row.Task.ToArray()));
                }
            });

            step = new RetentionStep(step.Tasks + 1, step.SizeBytes + row.SizeBytes, row.Task);
        }

        return step with { Next = rows.Count < MostTasks ? null : rows[^1].Task };
    }

    /// <summary>What was taken away of a task.</summary>
    public static IReadOnlyList<string> Expired(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        """
        SELECT EXISTS (SELECT 1 FROM expired_outputs WHERE task = $task),
               t.state = $completed AND NOT EXISTS (SELECT 1 FROM task_traces WHERE task = $task),
               NOT EXISTS (SELECT 1 FROM task_inputs WHERE task = $task)
        FROM tasks t WHERE t.id = $task
        """,
        row => ExpiringContent.All.Where((_, column) => row.Int64(column) == 1).Select(content => content.Name).ToList(),
        ("$completed", TaskStates.Completed),
        ("$task", task.ToArray())) ?? [];

    private static byte[] FirstIdAfter(DateTimeOffset moment)
    {
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, (Math.Max(0, moment.ToUnixTimeMilliseconds()) + 1) << 16);
        return [.. time, .. new byte[TaskId.SizeBytes - time.Length]];
    }
}

/// <summary>What a step did.</summary>
/// <param name="Tasks">Of how many tasks something was taken away.</param>
/// <param name="SizeBytes">How many bytes.</param>
/// <param name="Next">Where the next step goes on; null if there is none.</param>
internal readonly record struct RetentionStep(long Tasks, long SizeBytes, TaskId? Next);
