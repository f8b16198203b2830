using System.Diagnostics;
using Ailee.Vcp.Benchmarks.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Benchmarks;

/// <summary>How long a server takes from the start of its process to its first task, on a data directory that has the module; and its memory with nothing to do.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        Console.WriteLine("\nStart of a server");
        var data = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            var (first, module) = await StartAsync(data, null);
            Console.WriteLine($"  empty directory, module uploaded and compiled  {first.TotalMilliseconds,6:0} ms to the first task's result");
            var times = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                times.Add((await StartAsync(data, module)).Took.TotalMilliseconds);
            }

            Console.WriteLine($"  again, {Rounds} times  {string.Join(", ", times.Select(time => $"{time:0}"))} ms; median {times.Order().ElementAt(Rounds / 2):0} ms (goal ≤ 1500)");
            await using var idle = await ServerUnderTest.StartAsync(data);
            await Task.Delay(Idle);
            var (resident, processor) = (idle.ResidentBytes, idle.ProcessorTime);
            await Task.Delay(Idle);
            Console.WriteLine($"  idle for {Idle.TotalSeconds:0} s  {resident / 1048576.0:0} MiB resident; then {(idle.ProcessorTime - processor) / Idle:0.0000} of a core");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<(TimeSpan Took, string Module)> StartAsync(DirectoryInfo data, string? module)
    {
        var start = Stopwatch.GetTimestamp();
        await using var server = await ServerUnderTest.StartAsync(data);
        module ??= (await server.Client.UploadModuleAsync("""(module (func (export "run") (result i32) (i32.const 42)))"""u8.ToArray(), MediaTypes.Wat, CancellationToken.None)).Digest;
        var task = await server.Client.SubmitTaskAsync(new TaskRequest { Module = module, Entrypoint = "run" }, TimeSpan.FromSeconds(30), null, CancellationToken.None);
        return task.State == TaskStates.Completed ? (Stopwatch.GetElapsedTime(start), module) : throw new InvalidOperationException($"The task is {task.State}.");
    }
}
