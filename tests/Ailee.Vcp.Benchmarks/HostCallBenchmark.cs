using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Wasmtime;

namespace Ailee.Vcp.Benchmarks;

/// <summary>What a host call costs: metered, looked after and recorded in our sandbox, against a bare one of plain Wasmtime.</summary>
internal static class HostCallBenchmark
{
    private const int Calls = 100_000;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nHost calls, {Calls} of them: our sandbox ÷ plain Wasmtime with functions that do nothing");
        var module = WasmSandbox.ConvertText(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "kernels", "host-calls.wat")));
        using var threads = new GuestThreads(1);
        foreach (var (function, what) in new[] { ("yields", "nothing moved"), ("clocks", "8 bytes moved") })
        {
            await threads.RunAsync(() =>
            {
                using var guest = new BenchGuest(module, function, Calls);
                using var plain = new BareCalls(module, function);
                return Ratio.Measure($"  {what}", 1, () => plain.Run(Calls), () => guest.Run(), null);
            });
        }
    }

    private sealed class BareCalls : IDisposable
    {
        private const string Wasi = "wasi_snapshot_preview1";
        private readonly Config _config = Sandbox.Engine.SandboxEngine.Configure(new Config()).WithFuelConsumption(true).WithEpochInterruption(true);
        private readonly Engine _engine;
        private readonly Linker _linker;
        private readonly Module _module;
        private readonly string _function;

        public BareCalls(byte[] module, string function)
        {
            _function = function;
            _engine = new Engine(_config);
            _linker = new Linker(_engine);
            _linker.DefineFunction(Wasi, "sched_yield", static () => 0);
            _linker.DefineFunction(Wasi, "clock_time_get", static (int _, long _, int _) => 0);
            _module = Module.FromBytes(_engine, "guest", module);
        }

        public void Run(int calls)
        {
            using var store = new Store(_engine);
            store.Fuel = 1_000_000_000_000;
            store.SetEpochDeadline(1);
            _linker.Instantiate(store, _module).GetFunction(_function)!.Invoke(calls);
        }

        public void Dispose()
        {
            _module.Dispose();
            _linker.Dispose();
            _engine.Dispose();
            _config.Dispose();
        }
    }
}
