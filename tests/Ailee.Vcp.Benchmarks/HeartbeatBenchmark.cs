using System.Diagnostics;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Benchmarks;

/// <summary>What a heartbeat costs the server within the process, without HTTP, and what it does besides for all nodes.</summary>
internal static class HeartbeatBenchmark
{
    private const int Nodes = 10_000;
    private const int Rounds = 20;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nHeartbeats of {Nodes} nodes, in the process");
        var data = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            using var database = new SqliteDatabase(Path.Combine(data.FullName, "fleet.db"));
            using var key = SigningKey.Create();
            var options = Options.Create(new NodeOptions());
            using var clock = new ServerClock(TimeProvider.System);
            var registry = new NodeRegistry(database, key, options, clock);
            var ids = await EnrolAsync(database, registry);
            var (watches, health, metrics, time) = (new NodeWatches(), new FleetHealth(), new TelemetryMetrics(Prometheus.Metrics.NewCustomRegistry()), TimeProvider.System);
            var probes = new ProbeService(watches, registry, health, new BandwidthPlaces(), metrics, clock, time);
            var heartbeats = new HeartbeatService(registry, watches, health, probes, new NoLeases(), metrics, Options.Create(new SafetyOptions()), clock);
            using var watch = new FleetWatch(registry, watches, health, metrics, clock, time, NullLogger<FleetWatch>.Instance);
            using var writer = new TelemetryWriter(registry, database, options, clock, time, NullLogger<TelemetryWriter>.Instance);

            Beat(heartbeats, ids, Rounds);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            Beat(heartbeats, ids, Rounds);
            var elapsed = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(
                $"  {elapsed.TotalNanoseconds / (Rounds * Nodes),8:0} ns and {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (Rounds * Nodes)} bytes for each; 2000/s are {2000 * elapsed.TotalSeconds / (Rounds * Nodes):0.0000} of a core");
            watch.Tick();
            start = Stopwatch.GetTimestamp();
            for (var round = 0; round < Rounds; round++)
            {
                watch.Tick();
            }

            Console.WriteLine($"  {Stopwatch.GetElapsedTime(start).TotalMilliseconds / Rounds,8:0.0} ms to look at all nodes, once a second");
            start = Stopwatch.GetTimestamp();
            await writer.FlushAsync();
            Console.WriteLine($"  {Stopwatch.GetElapsedTime(start).TotalMilliseconds,8:0.0} ms to store a sample and the time of each node, once a minute");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static void Beat(HeartbeatService heartbeats, NodeId[] ids, int rounds)
    {
        var telemetry = new NodeTelemetry { CpuLoad = 0.5, MemoryFreeBytes = 1 << 30, MemoryTotalBytes = 1L << 34, TemperatureC = 55, Running = 2 };
        for (var round = 0; round < rounds; round++)
        {
            foreach (var id in ids)
            {
                heartbeats.Take(id, new HeartbeatRequest { SentAt = TimeProvider.System.GetUtcNow(), Telemetry = telemetry with { Errors = round } });
            }
        }
    }

    private static async Task<NodeId[]> EnrolAsync(SqliteDatabase database, NodeRegistry registry)
    {
        var now = TimeProvider.System.GetUtcNow();
        var capabilities = BuiltInCapabilities.Of(new SandboxOptions());
        StoredNode[] nodes =
        [
            .. Enumerable.Range(0, Nodes).Select(number =>
            {
                using var key = SigningKey.Create();
                return new StoredNode(new NodeRow(key.PublicKey.Id, key.PublicKey, $"n{number}", $"o{number}", now), NodeReputation.Start(now)) { Capabilities = capabilities };
            }),
        ];
        await database.WriteAsync(transaction => nodes.Count(node => NodeStore.TryEnrol(transaction, node)));
        return [.. nodes.Select(node => registry.Add(node).Id)];
    }

    private sealed class NoLeases : ILeases
    {
        public IReadOnlyList<Guid> Renew(NodeId node, IReadOnlyList<Guid> leases) => [];
    }
}
