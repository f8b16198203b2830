using System.Diagnostics;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What a server's process takes while its nodes have nothing to do: their heartbeats, and their long polls.</summary>
internal static class FleetBenchmark
{
    // Until bandwidths are measured and what was compiled late is compiled.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    /// <summary>Heartbeats every 5 s of nodes that ask for nothing.</summary>
    public static async Task HeartbeatsAsync(int nodes, TimeSpan window)
    {
        Console.WriteLine($"\nHeartbeats of {nodes} nodes every 5 s over HTTP, a connection each, for {window.TotalSeconds:0} s");
        await using var server = await ServerUnderTest.StartAsync();
        await MeasureAsync(server, nodes, window, "(goal ≤ 1)", "--no-leases");
    }

    /// <summary>Long polls of nodes for which there is no work, with few heartbeats and with as many as usual.</summary>
    public static async Task PollsAsync(int nodes, TimeSpan window)
    {
        foreach (var (heartbeatMs, goal) in new[] { (60_000, "(goal ≤ 0.02)"), (5_000, "(with usual heartbeats)") })
        {
            Console.WriteLine($"\nLong polls of {nodes} nodes, 30 s each, heartbeats every {heartbeatMs / 1000} s, for {window.TotalSeconds:0} s");
            await using var server = await ServerUnderTest.StartAsync("--Nodes:HeartbeatMs", heartbeatMs.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await MeasureAsync(server, nodes, window, goal);
        }
    }

    private static async Task MeasureAsync(ServerUnderTest server, int nodes, TimeSpan window, string goal, params string[] options)
    {
        await using var fleet = await NodesProcess.StartAsync(server.Address, nodes, options);
        Console.WriteLine($"  {nodes} nodes joined in {fleet.Joined.TotalSeconds:0.0} s; the server took {server.ProcessorTime.TotalSeconds:0.0} s of processor time until they worked");
        await Task.Delay(WarmUp);
        var heartbeats = await server.MetricAsync("vcp_node_heartbeats_total");
        var (start, before) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        await Task.Delay(window);
        var (elapsed, taken) = (Stopwatch.GetElapsedTime(start), server.ProcessorTime - before);
        heartbeats = await server.MetricAsync("vcp_node_heartbeats_total") - heartbeats;
        Console.WriteLine($"  {taken / elapsed,8:0.0000} of a core {goal}; {heartbeats / elapsed.TotalSeconds:0} heartbeats/s; {await server.MetricAsync("vcp_nodes_online"):0} nodes online");
    }
}
