using System.Collections.Concurrent;
using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests;

/// <summary>What the API has acknowledged survives kill -9 at any instant, and nothing is decided twice.</summary>
public sealed class CrashTests
{
    private const int Tasks = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(199)]
    public async Task Kill_WhileTasksAreInFlight_EachAcknowledgedEndsOnceWithTheRightOutput(int acknowledgedBeforeTheKill)
    {
        using var directory = new TempDirectory();
        var setup = new ServerSetup { Directory = directory.Path };
        var acknowledged = new ConcurrentDictionary<string, int>();
        ulong highestBefore;
        await using (var server = ServerProcess.Start(setup))
        {
            var client = await server.ConnectAsync();
            var module = await client.UploadAsync(Guests.Math);
            // A decided task before, so that its proof and counter must survive too.
            var first = await client.RunAsync(module, "add", 100_000, 1);
            acknowledged[first.Id] = 100_001;
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var submissions = Enumerable.Range(0, Tasks).Select(number => SubmitAsync(client, module, number, acknowledged, acknowledgedBeforeTheKill + 1, enough)).ToList();
            await enough.Task;
            highestBefore = await HighestCounterAsync(client);
            await server.KillAsync();
            await Task.WhenAll(submissions);
        }

        await using var restarted = ServerProcess.Start(setup);
        var after = await restarted.ConnectAsync();
        var tasks = await DecidedAsync(after);
        var proofs = await ProofsAsync(after);

        Assert.Superset(acknowledged.Keys.ToHashSet(), tasks.Select(task => task.Id).ToHashSet());
        Assert.All(tasks, task => AssertDecidedOnce(task, proofs));
        foreach (var (id, sum) in acknowledged)
        {
            var result = tasks.Single(task => task.Id == id).Result!.Results[0];
            Assert.Equal(sum.ToString(CultureInfo.InvariantCulture), result.Value.GetRawText());
        }

        var counters = proofs.Select(proof => ulong.Parse(proof.Counter, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(counters.Count, counters.Distinct().Count());
        await AssertGoesOnAsync(after, tasks, Math.Max(highestBefore, counters.Max()));
    }

    private static async Task SubmitAsync(
        VcpClient client,
        Digest module,
        int number,
        ConcurrentDictionary<string, int> acknowledged,
        int wanted,
        TaskCompletionSource enough)
    {
        try
        {
            var task = await client.SubmitTaskAsync(Calls.Function(module, "add", number, 1000), null, null, default);
            acknowledged[task.Id] = number + 1000;
            if (acknowledged.Count >= wanted)
            {
                enough.TrySetResult();
            }
        }
        catch (HttpRequestException)
        {
            // Killed before the answer: the task may be there or not, but if it is, it is whole.
        }
    }

    private static async Task<List<ComputeTask>> DecidedAsync(VcpClient client)
    {
        var tasks = new List<ComputeTask>();
        string? after = null;
        do
        {
            var page = await client.ListTasksAsync(null, 200, after, default);
            tasks.AddRange(await Task.WhenAll(page.Items.Select(task => client.GetTaskAsync(TaskId.Parse(task.Id), Calls.LongWait, default))));
            after = page.Next;
        }
        while (after is not null);
        return tasks;
    }

    private static async Task<List<ProofView>> ProofsAsync(VcpClient client)
    {
        var proofs = new List<ProofView>();
        string? after = null;
        do
        {
            var page = await client.ListProofsAsync(null, null, null, 200, after, default);
            proofs.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return proofs;
    }

    private static async Task<ulong> HighestCounterAsync(VcpClient client) =>
        (await ProofsAsync(client)).Select(proof => ulong.Parse(proof.Counter, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    private static void AssertDecidedOnce(ComputeTask task, List<ProofView> proofs)
    {
        Assert.Equal((TaskStates.Completed, "completed"), (task.State, task.Result?.Outcome));
        Assert.Equal(Assert.Single(task.Proofs).Id, Assert.Single(proofs, proof => proof.Task == task.Id).Id);
        Assert.Equal("accepted", task.Attempts[^1].State);
        Assert.All(task.Attempts.SkipLast(1), attempt => Assert.Equal(("lost", "restart"), (attempt.State, attempt.Reason)));
    }

    private static async Task AssertGoesOnAsync(VcpClient client, List<ComputeTask> tasks, ulong highestCounter)
    {
        var stats = await client.GetStatsAsync(default);
        Assert.Equal((tasks.Count, 0L, 0L), ((int)stats.Tasks[TaskStates.Completed], stats.Tasks[TaskStates.Queued], stats.Tasks[TaskStates.Running]));
        Assert.Equal((tasks.Count, tasks.Count), ((int)stats.Outcomes["completed"], (int)stats.Proofs));
        Assert.Equal(tasks.Sum(task => task.Metrics!.Instructions), stats.Instructions);
        Assert.Equal(tasks.Sum(task => task.Metrics!.Gas), stats.Gas);
        var next = await client.RunAsync(Digest.Parse(tasks[0].Module), "add", 1, 1);
        var proof = await client.GetProofAsync(Digest.Parse(next.Proofs[0].Id), default);
        Assert.True(ulong.Parse(proof.Counter, CultureInfo.InvariantCulture) > highestCounter);
    }
}
