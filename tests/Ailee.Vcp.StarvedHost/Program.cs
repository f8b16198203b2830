using System.Globalization;
using System.Runtime.InteropServices;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.StarvedHost;

/// <summary>
/// A process that has little memory to give while guests run. Arguments: the module's text; MiB of RLIMIT_DATA above what the
/// process has now, or <c>plenty</c>; the guest's memory limit in MiB; the exports to run, one after another.
/// </summary>
internal static partial class Program
{
    private const int DataLimit = 2;

    private static async Task<int> Main(string[] args)
    {
        var module = WasmSandbox.ConvertText(await File.ReadAllTextAsync(args[0]));
        var memoryBytes = long.Parse(args[2], CultureInfo.InvariantCulture) * 1024 * 1024;
        using var sandbox = new WasmSandbox(new SandboxOptions());
        using var threads = new GuestThreads(1);
        using var lease = await sandbox.PrepareAsync(Digest.Of(module), _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None);
        if (args[1] != "plenty")
        {
            Starve(long.Parse(args[1], CultureInfo.InvariantCulture) * 1024 * 1024);
        }

        foreach (var entrypoint in args[3..])
        {
            var request = Request(module, entrypoint, memoryBytes);
            Console.WriteLine($"{entrypoint}: {Describe(await threads.RunAsync(() => sandbox.Execute(lease, request, CancellationToken.None)))}");
        }

        return 0;
    }

    private static ExecutionRequest Request(byte[] module, string entrypoint, long memoryBytes) => new()
    {
        Module = Digest.Of(module),
        Entrypoint = entrypoint,
        Invocation = new Invocation { FunctionArguments = [], Limits = new DeterministicLimits(memoryBytes, 10_000_000_000, 1024, 1024, 100_000_000) },
        Timeout = TimeSpan.FromMinutes(2),
    };

    private static string Describe(ExecutionResult result) => result switch
    {
        ExecutionResult.Inconclusive inconclusive => $"{inconclusive.Reason.ToName()}: {inconclusive.Detail.Split('\n')[0]}",
        ExecutionResult.Conclusive { Outcome: Outcome.Completed } run => $"completed [{string.Join(", ", run.Output.Results.Select(value => (int)value.Bits))}]",
        ExecutionResult.Conclusive run => run.Outcome.ToString(),
        _ => throw new InvalidOperationException("Neither conclusive nor inconclusive."),
    };

    private static void Starve(long spareBytes)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmData:", StringComparison.Ordinal));
        var usedBytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        var limit = new Limit((ulong)(usedBytes + spareBytes), ulong.MaxValue);
        if (SetLimit(DataLimit, in limit) != 0)
        {
            throw new InvalidOperationException("The limit could not be set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    private readonly record struct Limit(ulong Current, ulong Maximum);
}
