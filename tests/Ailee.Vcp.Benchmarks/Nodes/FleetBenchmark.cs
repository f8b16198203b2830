using System.Diagnostics;
using System.Globalization;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What a server's process takes while its nodes have nothing to do: their heartbeats, and their long polls.</summary>
internal static class FleetBenchmark
{
    // Until what is compiled late is compiled. The first heartbeats of a node are answered with probes of its bandwidth.
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(30);
    private const double WarmUpHeartbeats = 2.5;

    /// <summary>Heartbeats every 5 s of nodes that ask for nothing.</summary>
    public static async Task HeartbeatsAsync(int nodes, TimeSpan window)
    {
        Console.WriteLine($"\nHeartbeats of {nodes} nodes every 5 s over HTTP, a connection each, for {window.TotalSeconds:0} s");
        await using var server = await ServerUnderTest.StartAsync();
        await MeasureAsync(server, nodes, window, LeastWarmUp, "(goal ≤ 1)", "--no-leases");
    }

    /// <summary>Long polls of nodes for which there is no work, with few heartbeats and with as many as usual.</summary>
    public static async Task PollsAsync(int nodes, TimeSpan window)
    {
        foreach (var (heartbeatMs, goal) in new[] { (60_000, "(goal ≤ 0.02)"), (5_000, "(with usual heartbeats)") })
        {
            Console.WriteLine($"\nLong polls of {nodes} nodes, 30 s each, heartbeats every {heartbeatMs / 1000} s, for {window.TotalSeconds:0} s");
            await using var server = await ServerUnderTest.StartAsync("--Nodes:HeartbeatMs", heartbeatMs.ToString(CultureInfo.InvariantCulture));
            var warmUp = TimeSpan.FromMilliseconds(heartbeatMs * WarmUpHeartbeats);
            await MeasureAsync(server, nodes, window, warmUp > LeastWarmUp ? warmUp : LeastWarmUp, goal);
        }
    }

    private static async Task MeasureAsync(ServerUnderTest server, int nodes, TimeSpan window, TimeSpan warmUp, string goal, params string[] options)
    {
        await Task.Delay(LeastWarmUp);
        Console.WriteLine($"  {await CoresAsync(server, LeastWarmUp),8:0.0000} of a core without nodes");
        await using var fleet = await NodesProcess.StartAsync(server.Address, nodes, options);
        Console.WriteLine($"  {nodes} nodes joined in {fleet.Joined.TotalSeconds:0.0} s");
        await Task.Delay(warmUp);
        var heartbeats = await server.MetricAsync("vcp_node_heartbeats_total");
        var cores = await CoresAsync(server, window);
        heartbeats = await server.MetricAsync("vcp_node_heartbeats_total") - heartbeats;
        Console.WriteLine($"  {cores,8:0.0000} of a core {goal}; {heartbeats / window.TotalSeconds:0} heartbeats/s; {await server.MetricAsync("vcp_nodes_online"):0} nodes online");
    }

    private static async Task<double> CoresAsync(ServerUnderTest server, TimeSpan window)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        await Task.Delay(window);
        return (server.ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }
}
