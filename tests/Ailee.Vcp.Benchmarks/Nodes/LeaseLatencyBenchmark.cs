using System.Collections.Concurrent;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>
/// How soon a guest starts on a node elsewhere, while the server is otherwise idle: one task at a time, from the granting of its lease, and
/// from the moment when its submission was sent. Nodes and client are in this process, so they share a clock, which is also the server's.
/// </summary>
internal static class LeaseLatencyBenchmark
{
    private const int Nodes = 8;
    private const int WarmUp = 300;

    private static readonly Dictionary<string, string> Labels = new() { ["fleet"] = "bench" };

    public static async Task RunAsync(int tasks)
    {
        Console.WriteLine($"\nFrom a lease and from a submission to the start of the guest, over HTTP on loopback; {tasks} tasks one after the other, {Nodes} nodes that wait");
        await using var server = await ServerUnderTest.StartAsync("--Tasks:AuditRate", "0");
        var started = new ConcurrentDictionary<string, (Guid Lease, DateTimeOffset At)>(StringComparer.Ordinal);
        var options = new LoadOptions
        {
            Server = server.Address,
            Count = Nodes,
            Owners = Nodes,
            Misbehaving = 0,
            Labels = Labels,
            Started = (lease, task, at) => started[task] = (lease, at),
        };
        await using var fleet = await Fleet.JoinAsync(options, CancellationToken.None);
        var request = MixGuest.Request(await MixGuest.UploadAsync(server.Client), 1, new TaskAssurance { Mode = AssuranceModes.SingleRun }, Labels);
        var (leased, submitted) = (new StartTimes(), new StartTimes());
        for (var number = -WarmUp; number < tasks; number++)
        {
            var sent = TimeProvider.System.GetUtcNow();
            var task = (await TaskLoad.RunAsync(server.Client, 1, 1, _ => request))[0];
            if (number >= 0)
            {
                var (lease, at) = started[task.Id];
                leased.Add(lease, at);
                submitted.Add(at - sent);
            }
        }

        Console.WriteLine($"  lease to start       p50 {leased.Quantile(0.5):0.00} ms (goal ≤ 5), p99 {leased.Quantile(0.99):0.00} ms; up to 1 ms of it is the resolution of the lease's time");
        Console.WriteLine($"  submission to start  p50 {submitted.Quantile(0.5):0.00} ms, p99 {submitted.Quantile(0.99):0.00} ms");
    }
}
