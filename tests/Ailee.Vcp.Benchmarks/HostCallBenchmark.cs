using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks;

/// <summary>What one host call costs in our sandbox, trace and meter included, beside Wasmtime's own WASI on a directory in memory.</summary>
internal static class HostCallBenchmark
{
    private const int Calls = 100_000;

    private static readonly string[] Names = ["clock_time_get", "fd_write, 1 byte to stdout", "fd_write, 1 byte to a file", "fd_read, 1 byte of a file"];

    public static async Task RunAsync()
    {
        Console.WriteLine("\nOne host call: our sandbox, beside plain Wasmtime with its own WASI");
        var module = WasmSandbox.ConvertText(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "kernels", "calls.wat")));
        using var threads = new GuestThreads(1);
        using var scratch = HostDirectory.InMemory();
        await threads.RunAsync(() =>
        {
            using var plain = new PlainGuest(module, metered: true, scratch.Directory);
            for (var which = 0; which < Names.Length; which++)
            {
                var call = which;
                using var guest = new BenchGuest(module, "run", call, Calls);
                var (theirs, ours) = Ratio.Compare(1, () => plain.Run(call, Calls), () => guest.Run());
                Console.WriteLine($"  {Names[which],-50} {ours * 1000 / Calls,6:0} ns, beside {theirs * 1000 / Calls,6:0} ns");
            }

            return true;
        });
    }
}
