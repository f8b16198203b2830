using System.CommandLine;
using System.Runtime.InteropServices;
using Ailee.Vcp.Benchmarks.Nodes;

namespace Ailee.Vcp.Benchmarks;

/// <summary>Measures the figures of docs/performance.md, each as a ratio to a baseline in the same run.</summary>
internal static class Program
{
    private static readonly (string Name, Func<Task> Run)[] Benchmarks =
    [
        ("guest", GuestBenchmark.RunAsync),
        ("task", TaskBenchmark.RunAsync),
        ("statement", () => Task.Run(StatementBenchmark.Run)),
        ("merkle", () => Task.Run(MerkleBenchmark.Run)),
        ("http", HttpBenchmark.RunAsync),
        ("start", StartBenchmark.RunAsync),
        ("calls", HostCallBenchmark.RunAsync),
        ("files", FileBenchmark.RunAsync),
        ("python", PythonBenchmark.RunAsync),
        ("log", LogBenchmark.RunAsync),
        ("memory", MemoryBenchmark.RunAsync),
        ("heartbeat", HeartbeatBenchmark.RunAsync),
        ("dispatch", DispatchBenchmark.RunAsync),
    ];

    private static async Task<int> Main(string[] args)
    {
        var tools = new RootCommand { NodesCommand.Create() };
        foreach (var command in NodeBenchmarks.Create())
        {
            tools.Subcommands.Add(command);
        }

        if (tools.Subcommands.Any(command => command.Name == args.FirstOrDefault()))
        {
            return await RunToolAsync(tools, args);
        }

        var chosen = Benchmarks.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name)).ToList();
        if (chosen.Count < Math.Max(1, args.Length))
        {
            Console.Error.WriteLine($"Name any of: {string.Join(", ", Benchmarks.Select(benchmark => benchmark.Name))}; none for all. Or one of: {string.Join(", ", tools.Subcommands.Select(command => command.Name))}.");
            return 1;
        }

        PrintMachine();
        foreach (var (_, run) in chosen)
        {
            await run();
        }

        return 0;
    }

    private static async Task<int> RunToolAsync(RootCommand tools, string[] args)
    {
        try
        {
            if (args[0] != "nodes")
            {
                PrintMachine();
            }

            // Thousands of nodes take a while to end.
            return await tools.Parse(args)
                .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        }
        catch (Exception exception) when (exception is ArgumentException or UriFormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static void PrintMachine() =>
        Console.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
}
