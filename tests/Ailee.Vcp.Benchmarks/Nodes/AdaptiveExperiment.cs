using System.Globalization;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Honest nodes and tasks of mode <c>adaptive</c>: how often each is run once the nodes have earned trust.</summary>
internal static class AdaptiveExperiment
{
    private const int Nodes = 5;
    private const int AtOnce = 16;
    private const double MostExecutions = 1.3;

    private static readonly Dictionary<string, string> Labels = new() { ["fleet"] = "five" };

    /// <summary>Whether everything is as it must be.</summary>
    public static async Task<bool> RunAsync(int warmUp, int tasks, int seed)
    {
        Console.WriteLine($"\n{Nodes} honest nodes, mode adaptive; {tasks} tasks after {warmUp}, {AtOnce} at once, seed {seed}");
        await using var server = await ServerUnderTest.StartAsync();
        await using var fleet = await NodesProcess.StartAsync(server.Address, Nodes, "--label", "fleet=five", "--seed", seed.ToString(CultureInfo.InvariantCulture));
        var module = await MixGuest.UploadAsync(server.Client);
        var inputs = new Random(seed);
        var first = await RunAsync(server, module, warmUp, inputs);
        var then = await RunAsync(server, module, tasks, inputs);
        var ledger = await server.Client.GetLedgerAsync(1, null, CancellationToken.None);
        Console.WriteLine($"  warm-up      {first}");
        Console.WriteLine($"  after it     {then} (goal ≤ {MostExecutions})");
        Console.WriteLine($"  ledger       sum {ledger.Sum} over {ledger.Transactions} transactions");
        return first.Right == warmUp && then.Right == tasks && then.Executions <= MostExecutions && ledger.Sum == 0;
    }

    private static async Task<Figures> RunAsync(ServerUnderTest server, string module, int count, Random inputs)
    {
        var numbers = Enumerable.Range(0, count).Select(_ => inputs.Next(1, int.MaxValue)).ToArray();
        var adaptive = new TaskAssurance { Mode = AssuranceModes.Adaptive };
        var decided = await TaskLoad.RunAsync(server.Client, AtOnce, count, number => MixGuest.Request(module, numbers[number], adaptive, Labels));
        decided = await TaskLoad.SettleAsync(server.Client, decided);
        var attempts = decided.SelectMany(task => task.Attempts).ToList();
        return new Figures(
            count,
            decided.Where((task, number) => MixGuest.IsRight(task, numbers[number])).Count(),
            attempts.Count / (double)count,
            attempts.Count(attempt => attempt.Audit == true),
            decided.Count(task => task.Attempts.Count(attempt => attempt.Audit != true) > 1));
    }

    private sealed record Figures(int Tasks, int Right, double Executions, int Audits, int Replicated)
    {
        public override string ToString() => $"{Executions:0.000} executions a task; {Right} of {Tasks} right; {Audits} audits; {Replicated} run by more than one node";
    }
}
