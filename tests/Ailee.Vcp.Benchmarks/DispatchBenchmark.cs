using System.Diagnostics;
using System.Threading.Channels;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;

namespace Ailee.Vcp.Benchmarks;

/// <summary>One decision in a steady state: a task comes, the best of the waiting nodes gets it, and the node waits again.</summary>
internal static class DispatchBenchmark
{
    private const int Decisions = 20_000;
    private const int WarmUp = 2_000;
    private const int NodesOfAnOwner = 4;
    private const double TargetMs = 1;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nChoosing a node, {Decisions:N0} decisions each");
        foreach (var strategy in (SelectionStrategy[])[SelectionStrategy.Weighted, SelectionStrategy.LeastLoaded, SelectionStrategy.RoundRobin, SelectionStrategy.LatencyAware])
        {
            var few = await MeasureAsync(100, strategy);
            var many = await MeasureAsync(10_000, strategy);
            Console.WriteLine(
                $"  {strategy.ToName(),-14} p99 among 10 000 {many.P99,8:0.0000} ms (target ≤ {TargetMs} ms), among 100 {few.P99,8:0.0000} ms; p50 {many.P50,8:0.0000} ms ÷ {few.P50,8:0.0000} ms = {many.P50 / few.P50:0.00}");
        }
    }

    private static async Task<(double P50, double P99)> MeasureAsync(int nodes, SelectionStrategy strategy)
    {
        using var dispatcher = new Dispatcher(TimeProvider.System);
        using var end = new CancellationTokenSource();
        var granted = Channel.CreateUnbounded<Assignment>();
        var random = new Random(nodes);
        var waiting = Enumerable.Range(0, nodes).Select(number => WaitAsync(dispatcher, Make(number, random), granted.Writer, end.Token)).ToList();
        List<double> times = [];
        for (var i = 0; i < WarmUp + Decisions; i++)
        {
            var demand = new Demand { Task = TaskId.Create(DateTimeOffset.UnixEpoch), Submitter = "bench", Selection = new Selection { Strategy = strategy }, MemoryBytes = 1 };
            var start = Stopwatch.GetTimestamp();
            dispatcher.Demand(demand);
            var took = Stopwatch.GetElapsedTime(start);
            await granted.Reader.ReadAsync(CancellationToken.None);
            dispatcher.Withdraw(demand.Task);
            if (i >= WarmUp)
            {
                times.Add(took.TotalMilliseconds);
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(waiting);
        times.Sort();
        return (times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    private static DispatchNode Make(int number, Random random) => new(
        new NodeId(Digest.Of(BitConverter.GetBytes(number))),
        OwnerId.Parse($"owner-{number / NodesOfAnOwner}"),
        "x64",
        1 << 29,
        4,
        new Dictionary<string, string>(),
        0.5 + (random.NextDouble() / 2),
        0.5 + (random.NextDouble() / 2),
        random.Next(1, 100),
        Accepts: true);

    private static async Task WaitAsync(Dispatcher dispatcher, DispatchNode node, ChannelWriter<Assignment> granted, CancellationToken end)
    {
        dispatcher.SetNode(node);
        var poll = dispatcher.PollAsync(node.Id, 1, Timeout.InfiniteTimeSpan, end);
        try
        {
            while (true)
            {
                var assignments = await poll;
                dispatcher.Released(node.Id);
                poll = dispatcher.PollAsync(node.Id, 1, Timeout.InfiniteTimeSpan, end);
                await granted.WriteAsync(assignments[0], CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }
}
