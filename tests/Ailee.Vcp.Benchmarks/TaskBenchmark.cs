using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A warm task within the process (instantiate, run, hash, trace, sign) against its floor (instantiate, run, one raw signature).</summary>
internal static class TaskBenchmark
{
    public static async Task RunAsync()
    {
        Console.WriteLine("\nWarm task in the process ÷ floor");
        var module = WasmSandbox.ConvertText("""(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""");
        using var threads = new GuestThreads(1);
        await threads.RunAsync(() =>
        {
            using var guest = new BenchGuest(module, "run", 2, 40);
            using var plain = new PlainGuest(module, metered: true);
            using var key = SigningKey.Create();
            var (task, nonce) = (TaskId.Create(DateTimeOffset.UnixEpoch), Nonce.Create());
            var message = new byte[512];
            ulong counter = 0;
            return Ratio.Measure(
                "  add(2, 40)",
                2000,
                () =>
                {
                    plain.Run(2, 40);
                    key.Sign(message);
                },
                () => SignedStatement.Sign(key, guest.Run().ToPayload(task, nonce), 0, ++counter),
                1.5);
        });
    }
}
