using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Crash.Checks;

namespace Ailee.Vcp.Crash.Steps;

/// <summary>Tasks of the built-in node.</summary>
internal static class TaskSteps
{
    private const int BatchSize = 8;

    public static readonly TimeSpan LongWait = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<Step> List { get; } =
    [
        new("task", async (world, end) => await world.SubmitAsync(await Requests.AddAsync(world, end), LongWait, end)) { Prepare = Requests.PrepareAsync },
        new("task-with-key", WithKeyAsync) { Prepare = Requests.PrepareAsync },
        new("batch", BatchAsync) { Prepare = Requests.PrepareAsync },
        new("repeat", RepeatAsync) { Prepare = Requests.PrepareAsync },
        new("trap", async (world, end) => await world.SubmitAsync(await Requests.CallAsync(world, "trap", TaskEnds.Trapped, end), LongWait, end)) { Prepare = Requests.PrepareAsync },
        new("timeout", TimeoutAsync) { Prepare = Requests.PrepareAsync },
        new("cancel", CancelAsync) { Prepare = Requests.PrepareAsync },
    ];

    private static async Task WithKeyAsync(World world, CancellationToken end)
    {
        var task = await Requests.AddAsync(world, end) with { Key = $"key-{world.NextNumber()}" };
        await world.SubmitAsync(task, null, end);
        await world.SubmitAsync(task, LongWait, end);
    }

    private static async Task BatchAsync(World world, CancellationToken end)
    {
        var tasks = new List<Submitted>();
        var key = $"batch-{world.NextNumber()}";
        for (var i = 0; i < BatchSize; i++)
        {
            tasks.Add(await Requests.AddAsync(world, end));
        }

        await world.SubmitAsync(tasks, key, end);
        foreach (var task in tasks)
        {
            await world.LookAsync(task, LongWait, end);
        }
    }

    private static async Task RepeatAsync(World world, CancellationToken end)
    {
        var task = await Requests.AddAsync(world, end);
        await world.SubmitAsync(task with { Request = task.Request with { Assurance = new TaskAssurance { Mode = AssuranceModes.RepeatedRuns, Runs = 2 } } }, LongWait, end);
    }

    private static async Task TimeoutAsync(World world, CancellationToken end)
    {
        var task = await Requests.CallAsync(world, "spin", TaskEnds.TimedOut, end);
        await world.SubmitAsync(task with { Request = task.Request with { Limits = new TaskLimits { TimeoutMs = 20 }, MaxAttempts = 2 } }, LongWait, end);
    }

    // One runs when it is cancelled, and one may wait.
    private static async Task CancelAsync(World world, CancellationToken end)
    {
        var task = await world.SubmitAsync(await Requests.CallAsync(world, "spin", TaskStates.Cancelled, end), null, end);
        await world.CancelAsync(task, end);
        await world.LookAsync(task, LongWait, end);
    }
}
