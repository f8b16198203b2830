using System.Globalization;
using System.Runtime.InteropServices;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.StarvedHost;

/// <summary>
/// A process that has little memory to give while guests run, for tests. Arguments: MiB that it may take beyond what it has when
/// the guests start (RLIMIT_DATA), or <c>plenty</c>; then pairs of a module's text and an export, run one after another in this
/// one process. Prints a line for each.
/// </summary>
internal static partial class Program
{
    private const int RlimitData = 2;

    private static readonly DeterministicLimits Limits = new(256L * 1024 * 1024, 1_000_000_000, 1024, 1024, 20_000_000, 0, 0, 16);

    private static async Task<int> Main(string[] args)
    {
        using var sandbox = new WasmSandbox(new SandboxOptions { TableElements = (int)Limits.TableElements });
        using var threads = new GuestThreads(1);
        var guests = new List<(ModuleLease Lease, ExecutionRequest Request)>();
        for (var i = 1; i + 1 < args.Length; i += 2)
        {
            var module = WasmSandbox.ConvertText(await File.ReadAllTextAsync(args[i]));
            var lease = await sandbox.PrepareAsync(Digest.Of(module), _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None);
            guests.Add((lease, Request(module, args[i + 1])));
        }

        // The console sets itself up at the first line, which takes memory too.
        Console.WriteLine($"{guests.Count} guests");
        if (args[0] != "plenty")
        {
            Starve(ulong.Parse(args[0], CultureInfo.InvariantCulture) * 1024 * 1024);
        }

        foreach (var (lease, request) in guests)
        {
            using (lease)
            {
                Console.WriteLine($"{request.Entrypoint}: {Describe(await threads.RunAsync(() => sandbox.Execute(lease, request, CancellationToken.None)))}");
            }
        }

        return 0;
    }

    private static ExecutionRequest Request(byte[] module, string entrypoint) => new()
    {
        Module = Digest.Of(module),
        Entrypoint = entrypoint,
        Invocation = new Invocation { FunctionArguments = [], Limits = Limits },
        Timeout = TimeSpan.FromMinutes(2),
    };

    private static string Describe(ExecutionResult result) => result switch
    {
        ExecutionResult.Inconclusive inconclusive => inconclusive.Reason.ToName(),
        ExecutionResult.Conclusive run => $"{run.Outcome}({string.Join(", ", run.Output.Results.Select(value => (int)value.Bits))}), {run.MemoryPages} pages",
        _ => throw new InvalidOperationException("Neither conclusive nor inconclusive."),
    };

    private static void Starve(ulong spareBytes)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmData:", StringComparison.Ordinal));
        var usedBytes = ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].TrimStart('\t'), CultureInfo.InvariantCulture) * 1024;
        if (GetLimit(RlimitData, out var limit) != 0 || SetLimit(RlimitData, limit with { Current = usedBytes + spareBytes }) != 0)
        {
            throw new InvalidOperationException("The limit could not be set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    private readonly record struct Limit(ulong Current, ulong Maximum);
}
