using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Has a server run tasks.</summary>
internal static class TaskLoad
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    // An audit that is due shows only when it has begun, which is at once: its node has nothing else to do.
    private static readonly TimeSpan AuditsBegin = TimeSpan.FromSeconds(2);

    /// <summary>Submits tasks, so many at once, and waits until each is decided. They come back in their order.</summary>
    public static async Task<ComputeTask[]> RunAsync(VcpClient client, int atOnce, int count, Func<int, TaskRequest> request)
    {
        var tasks = new ComputeTask[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (number, cancellationToken) =>
        {
            var task = await client.SubmitTaskAsync(request(number), Wait, null, cancellationToken);
            while (!TaskStates.IsFinal(task.State))
            {
                task = await client.GetTaskAsync(TaskId.Parse(task.Id), Wait, cancellationToken);
            }

            tasks[number] = task;
        });
        return tasks;
    }

    /// <summary>The tasks as they are when none of their attempts runs any more.</summary>
    public static async Task<ComputeTask[]> SettleAsync(VcpClient client, IReadOnlyList<ComputeTask> tasks)
    {
        await Task.Delay(AuditsBegin);
        var settled = new ComputeTask[tasks.Count];
        for (var i = 0; i < settled.Length; i++)
        {
            while ((settled[i] = await client.GetTaskAsync(TaskId.Parse(tasks[i].Id), null, CancellationToken.None)).Attempts.Any(attempt => attempt.State == "running"))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }

        return settled;
    }
}
