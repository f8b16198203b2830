using System.Globalization;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Five nodes of five owners, one of which states a wrong output on half of its tasks; tasks that two of three must agree on.</summary>
internal static class LiarExperiment
{
    private const int Nodes = 5;
    private const int AtOnce = 16;
    private const int MostTasksOfLiar = 50;
    private const double LeastReputation = 0.4;

    private static readonly Dictionary<string, string> Labels = new() { ["fleet"] = "five" };

    /// <summary>Whether everything is as it must be.</summary>
    public static async Task<bool> RunAsync(int tasks, int seed)
    {
        Console.WriteLine($"\nOne of {Nodes} nodes lies on half of its tasks; {tasks} tasks, 2 of 3, {AtOnce} at once, seed {seed}");
        await using var server = await ServerUnderTest.StartAsync();
        await using var fleet = await NodesProcess.StartAsync(
            server.Address, Nodes, "--label", "fleet=five", "--misbehaving", "1", "--behaviour", "wrong-output:0.5", "--seed", seed.ToString(CultureInfo.InvariantCulture));
        var module = await MixGuest.UploadAsync(server.Client);
        var inputs = new Random(seed);
        var numbers = Enumerable.Range(0, tasks).Select(_ => inputs.Next(1, int.MaxValue)).ToArray();
        var quorum = new TaskAssurance { Mode = AssuranceModes.Quorum, Replicas = 3, Quorum = 2 };
        var decided = await TaskLoad.RunAsync(server.Client, AtOnce, tasks, number => MixGuest.Request(module, numbers[number], quorum, Labels));
        decided = await TaskLoad.SettleAsync(server.Client, decided);
        var totals = (await fleet.EndAsync()).GetProperty("nodes")[0].GetProperty("counts");

        var right = decided.Where((task, number) => MixGuest.IsRight(task, numbers[number])).Count();
        var liar = fleet.Ids[0];
        var events = await EventsAsync(server, liar);
        var quarantined = events.FirstOrDefault(change => change.Kind == "quarantine")?.At;
        var taken = decided.SelectMany(task => task.Attempts).Count(attempt => attempt.Node == liar && attempt.StartedAt <= (quarantined ?? DateTimeOffset.MaxValue));
        var honest = await Task.WhenAll(fleet.Ids.Skip(1).Select(async id => (await server.Client.GetNodeAsync(NodeId.Parse(id), CancellationToken.None)).Reputation));
        var ledger = await server.Client.GetLedgerAsync(1, null, CancellationToken.None);

        Console.WriteLine($"  right results            {right} of {tasks}; failed {decided.Count(task => task.State == TaskStates.Failed)}");
        Console.WriteLine($"  the liar took            {taken} tasks until it was quarantined (at most {MostTasksOfLiar}), {totals.GetProperty("leases")} in all; it lied on {totals.GetProperty("misbehaved")}");
        Console.WriteLine($"  its events               {string.Join(", ", events.GroupBy(change => change.Kind).Select(kind => $"{kind.Key} {kind.Count()}"))}");
        Console.WriteLine($"  honest reputations       {string.Join(", ", honest.Select(value => value.ToString("0.000", CultureInfo.InvariantCulture)))} (each above {LeastReputation})");
        Console.WriteLine($"  ledger                   sum {ledger.Sum} over {ledger.Transactions} transactions; paid {ledger.Paid}, penalties {ledger.Penalties}");
        Console.WriteLine($"  executions               {decided.Sum(task => task.Attempts.Count) / (double)tasks:0.000} a task");
        // A statement that is invalid would be no lie that only a vote can find.
        return right == tasks && events.All(change => change.Kind is "agreed" or "late-agreed" or "divergent" or "quarantine") && quarantined is not null && taken <= MostTasksOfLiar && honest.All(value => value > LeastReputation) && ledger.Sum == 0;
    }

    private static async Task<List<NodeEventView>> EventsAsync(ServerUnderTest server, string node)
    {
        var (events, after) = (new List<NodeEventView>(), (string?)null);
        do
        {
            var page = await server.Client.ListNodeEventsAsync(NodeId.Parse(node), 200, after, CancellationToken.None);
            events.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return events;
    }
}
