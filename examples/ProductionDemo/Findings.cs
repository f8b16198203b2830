using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;
using Ailee.Vcp.ProductionDemo.Proofs;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>What the server says in the end, taken home before it is stopped.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="Problems">Of each task what is wrong with its result; null if it is right.</param>
/// <param name="Nodes">The agents, as the server sees them.</param>
/// <param name="Sum">Sum of all balances as the server says it.</param>
/// <param name="Transactions">The whole ledger.</param>
/// <param name="LedgerVerdict">The last line of <c>vcp ledger check</c>.</param>
/// <param name="Dossier">All proofs.</param>
internal sealed record Findings(
    IReadOnlyList<Watch> Tasks,
    IReadOnlyDictionary<Watch, string?> Problems,
    IReadOnlyList<NodeFindings> Nodes,
    long Sum,
    IReadOnlyList<LedgerTransactionView> Transactions,
    string LedgerVerdict,
    Dossier Dossier)
{
    private const int PageSize = 200;

    public static async Task<Findings> CollectAsync(VcpClient client, Fleet fleet, IReadOnlyList<Watch> watches, CancellationToken cancellationToken)
    {
        var problems = new Dictionary<Watch, string?>();
        foreach (var watch in watches)
        {
            problems.Add(watch, await watch.ProblemAsync(client, cancellationToken));
        }

        var views = await fleet.ViewsAsync(client, cancellationToken);
        var nodes = new List<NodeFindings>();
        foreach (var agent in fleet.Agents)
        {
            var events = await PagesAsync(after => client.ListNodeEventsAsync(agent.Id, PageSize, after, cancellationToken));
            nodes.Add(new NodeFindings(agent, views[agent.Id], events));
        }

        var dossier = await Dossier.FetchAsync(client, fleet.Agents, watches, cancellationToken);
        var sum = (await client.GetLedgerAsync(1, null, cancellationToken)).Sum;
        var transactions = await PagesAsync(async after =>
        {
            var page = await client.GetLedgerAsync(PageSize, after, cancellationToken);
            return new Page<LedgerTransactionView>(page.Items, page.Next);
        });
        var (_, verdict) = await fleet.VcpAsync("ledger-check", ["ledger", "check", "--data", fleet.Data], null, cancellationToken);
        return new Findings(watches, problems, nodes, sum, transactions, verdict.Split('\n')[^1], dossier);
    }

    private static async Task<List<T>> PagesAsync<T>(Func<string?, Task<Page<T>>> fetch)
    {
        var items = new List<T>();
        string? after = null;
        do
        {
            var page = await fetch(after);
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return items;
    }
}

/// <summary>What became of an agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="View">As the server sees it.</param>
/// <param name="Events">What changed its reputation and standing.</param>
internal sealed record NodeFindings(Agent Agent, NodeView View, IReadOnlyList<NodeEventView> Events)
{
    /// <summary>Faults that bad luck cannot bring about. Three quarantine a node.</summary>
    public IReadOnlyList<NodeEventView> Strikes { get; } = [.. Events.Where(each => ReputationEventKind.Find(each.Kind) is { IsStrike: true })];
}
