using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What a task costs the server's process when two of three nodes must agree, beside one run. Nodes are elsewhere in both.</summary>
internal static class QuorumCostBenchmark
{
    private const int Nodes = 6;
    private const int AtOnce = 32;
    private const int Rounds = 5;

    private static readonly Dictionary<string, string> Labels = new() { ["fleet"] = "bench" };

    // Late statements, receipts and checkpoints are part of what a task costs.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private const string Writes64KiB = """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 2)
          (func (export "_start")
            (memory.fill (i32.const 0) (i32.const 65) (i32.const 65536))
            (i32.store (i32.const 65536) (i32.const 0))
            (i32.store (i32.const 65540) (i32.const 65536))
            (drop (call $write (i32.const 1) (i32.const 65536) (i32.const 1) (i32.const 65544)))))
        """;

    public static async Task RunAsync(int tasks)
    {
        Console.WriteLine($"\nServer processor time of a task with 2 of 3 votes ÷ with one run; {tasks} tasks a round, {AtOnce} at once, {Nodes} nodes elsewhere, no audits");
        await using var server = await ServerUnderTest.StartAsync("--Tasks:AuditRate", "0");
        await using var fleet = await NodesProcess.StartAsync(server.Address, Nodes, "--label", "fleet=bench", "--slots", "2");
        var mix = await MixGuest.UploadAsync(server.Client);
        await CompareAsync(server, "a number", tasks, assurance => MixGuest.Request(mix, 1, assurance, Labels));
        var writer = (await server.Client.UploadModuleAsync(System.Text.Encoding.UTF8.GetBytes(Writes64KiB), MediaTypes.Wat, CancellationToken.None)).Digest;
        await CompareAsync(
            server, "64 KiB of stdout", tasks, assurance => new TaskRequest { Module = writer, Assurance = assurance, Selection = new TaskSelection { Labels = Labels } });
    }

    private static async Task CompareAsync(ServerUnderTest server, string what, int tasks, Func<TaskAssurance, TaskRequest> request)
    {
        var single = request(new TaskAssurance { Mode = AssuranceModes.SingleRun });
        var quorum = request(new TaskAssurance { Mode = AssuranceModes.Quorum, Replicas = 3, Quorum = 2 });
        await CostAsync(server, single, tasks);
        await CostAsync(server, quorum, tasks);
        var (ones, votes, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ones.Add(await CostAsync(server, single, tasks));
            votes.Add(await CostAsync(server, quorum, tasks));
            ratios.Add(votes[^1] / ones[^1]);
        }

        Console.WriteLine(
            $"  {what}: median {Median(ratios):0.00} (goal ≤ 3.50); rounds {string.Join(", ", ratios.Select(ratio => $"{ratio:0.00}"))}; {Median(votes) * 1000:0.000} ms ÷ {Median(ones) * 1000:0.000} ms");
    }

    // Seconds for a task.
    private static async Task<double> CostAsync(ServerUnderTest server, TaskRequest request, int tasks)
    {
        var before = server.ProcessorTime;
        var decided = await TaskLoad.RunAsync(server.Client, AtOnce, tasks, _ => request);
        if (decided.FirstOrDefault(task => task.State != TaskStates.Completed) is { } failed)
        {
            throw new InvalidOperationException($"Task {failed.Id} is {failed.State}: {failed.Failure?.Message}");
        }

        await Task.Delay(Settling);
        return (server.ProcessorTime - before).TotalSeconds / tasks;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
