using System.CommandLine;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What is measured with the load tool, each as a command that starts the server too. Exit code 1 if a claim does not hold.</summary>
internal static class NodeBenchmarks
{
    public static IEnumerable<Command> Create()
    {
        yield return Measuring("fleet", "Measure what heartbeats cost the server.", "--nodes", 10_000, (nodes, seconds) => FleetBenchmark.HeartbeatsAsync(nodes, seconds));
        yield return Measuring("idle-polls", "Measure what waiting nodes cost an idle server.", "--nodes", 1000, (nodes, seconds) => FleetBenchmark.PollsAsync(nodes, seconds));
        yield return Counting("quorum-cost", "Measure what a vote costs the server.", 1000, QuorumCostBenchmark.RunAsync);
        yield return Counting("lease-latency", "Measure how soon guests start.", 2000, LeaseLatencyBenchmark.RunAsync);
        yield return Liar();
        yield return Adaptive();
    }

    private static Command Measuring(string name, string description, string option, int most, Func<int, TimeSpan, Task> run)
    {
        var nodes = new Option<int>(option) { DefaultValueFactory = _ => most };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60 };
        var command = new Command(name, description) { nodes, seconds };
        command.SetAction((result, _) => run(result.GetValue(nodes), TimeSpan.FromSeconds(result.GetValue(seconds))));
        return command;
    }

    private static Command Counting(string name, string description, int most, Func<int, Task> run)
    {
        var tasks = new Option<int>("--tasks") { DefaultValueFactory = _ => most };
        var command = new Command(name, description) { tasks };
        command.SetAction((result, _) => run(result.GetValue(tasks)));
        return command;
    }

    private static Command Liar()
    {
        var tasks = new Option<int>("--tasks") { DefaultValueFactory = _ => 1000 };
        var seeds = new Option<int[]>("--seed") { DefaultValueFactory = _ => [1, 2, 3] };
        var command = new Command("liar", "Let one of five nodes lie on half of its tasks.") { tasks, seeds };
        command.SetAction((result, _) => AllAsync(result.GetValue(seeds)!, seed => LiarExperiment.RunAsync(result.GetValue(tasks), seed)));
        return command;
    }

    private static Command Adaptive()
    {
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 200 };
        var tasks = new Option<int>("--tasks") { DefaultValueFactory = _ => 1000 };
        var seeds = new Option<int[]>("--seed") { DefaultValueFactory = _ => [1, 2, 3] };
        var command = new Command("adaptive", "Count the executions of tasks of mode adaptive.") { warmUp, tasks, seeds };
        command.SetAction((result, _) => AllAsync(result.GetValue(seeds)!, seed => AdaptiveExperiment.RunAsync(result.GetValue(warmUp), result.GetValue(tasks), seed)));
        return command;
    }

    private static async Task<int> AllAsync(int[] seeds, Func<int, Task<bool>> run)
    {
        var held = true;
        foreach (var seed in seeds)
        {
            var holds = await run(seed);
            Console.WriteLine(holds ? "  all of it holds" : "  NOT AS IT MUST BE");
            held &= holds;
        }

        return held ? 0 : 1;
    }
}
