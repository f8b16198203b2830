using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks;

/// <summary>Guest code in our sandbox against plain Wasmtime: with the same configuration, and without any meter.</summary>
internal static class GuestBenchmark
{
    private static readonly (string Kernel, int Argument)[] Kernels = [("integers", 100_000), ("floats", 200), ("memory", 8_000_000)];

    public static async Task RunAsync()
    {
        Console.WriteLine("\nGuest code: our sandbox ÷ plain Wasmtime");
        using var threads = new GuestThreads(1);
        foreach (var (kernel, argument) in Kernels)
        {
            var module = WasmSandbox.ConvertText(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "kernels", kernel + ".wat")));
            await threads.RunAsync(() =>
            {
                using var guest = new BenchGuest(module, "run", argument);
                using var same = new PlainGuest(module, metered: true);
                using var unmetered = new PlainGuest(module, metered: false);
                Ratio.Measure($"  {kernel} ÷ same configuration", 1, () => same.Run(argument), () => guest.Run(), 1.05);
                Ratio.Measure($"  {kernel} ÷ unmetered", 1, () => unmetered.Run(argument), () => guest.Run(), null);
                return true;
            });
        }
    }
}
