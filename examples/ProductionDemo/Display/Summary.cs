using System.Globalization;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.ProductionDemo.Proofs;
using Spectre.Console;

namespace Ailee.Vcp.ProductionDemo.Display;

/// <summary>The end: nodes, gas and energy, divergences, and what was claimed.</summary>
internal static class Summary
{
    private const int DigestLength = 12;
    private static readonly string[] Titles = ["node", "state", "health", "reputation", "strikes", "right", "false", "energy", "earned", "fined"];

    public static void Nodes(Screen screen, Findings findings, OfflineCheck check)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var title in Titles)
        {
            var alignment = table.Columns.Count < 2 ? Justify.Left : Justify.Right;
            table.AddColumn(new TableColumn($"[grey]{title}[/]") { NoWrap = true, Alignment = alignment, Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var node in findings.Nodes)
        {
            var id = node.Agent.Id;
            var attempts = findings.Tasks.SelectMany(watch => watch.View.Attempts).Where(attempt => attempt.Node == id.ToString());
            var differed = check.Lies.Count(lie => lie.Node == id);
            table.AddRow(
                Markup.Escape(node.Agent.Name),
                $"{Board.Mark(node.View.State)} {node.View.State}",
                Fraction(node.View.Health.Score),
                Fraction(node.View.Reputation),
                node.Strikes.Count.ToString(CultureInfo.InvariantCulture),
                check.Agreed.Count(each => each.Node == id).ToString(CultureInfo.InvariantCulture),
                differed == 0 ? "0" : $"[red]{differed}[/]",
                Energy(attempts),
                Number(Posted(findings, id, "reward")),
                Number(Posted(findings, id, "penalty")));
        }

        screen.Line();
        screen.Write(new Padder(table, new Padding(2, 0, 0, 1)));
        var gas = findings.Tasks.Sum(watch => watch.View.Metrics?.Gas ?? 0);
        var paid = Number(findings.Nodes.Sum(node => Posted(findings, node.Agent.Id, "reward")));
        screen.Line($"  [grey]gas[/]      {Number(gas)} for {findings.Tasks.Count} tasks; nodes earned {paid} micro-credits with {check.Agreed.Count} right answers");
        screen.Line($"  [grey]energy[/]   {Energy(findings.Tasks.SelectMany(watch => watch.View.Attempts))}, as nodes say it; without a sensor it is unknown, and nobody guesses");
        screen.Line($"  [grey]ledger[/]   {findings.Transactions.Count} transactions, sum of all balances {findings.Sum}, 'vcp ledger check': {findings.LedgerVerdict}");
    }

    public static void Divergences(Screen screen, OfflineCheck check, Func<NodeId, string> nameOf)
    {
        foreach (var group in check.Lies.GroupBy(lie => lie.Task))
        {
            var honest = string.Join(", ", check.Agreed.Where(each => each.Task == group.Key.Watch.Id).Select(each => nameOf(each.Node)));
            screen.Line($"  [bold]task {group.Key.Watch.Number}[/] {group.Key.Watch.Job.Guest}");
            screen.Line($"    [green]{Markup.Escape(honest)}[/] say {Short(Digest.Of(group.Key.Output))}");
            foreach (var lie in group)
            {
                var where = lie.Parting is { } parting ? $"the traces part at leaf {parting.Leaf}, the end of the run, in: {parting.Field}" : "where the traces part is not known";
                screen.Line($"    [red]{Markup.Escape(nameOf(lie.Node))}[/] says {Short(lie.Signed.Payload.Output)}; {where}");
            }
        }
    }

    public static void Claims(Screen screen, Claims claims)
    {
        foreach (var (holds, text) in claims.All)
        {
            screen.Line($"  {(holds ? "[green]✓[/]" : "[red]✗[/]")} {Markup.Escape(text)}");
        }
    }

    private static long Posted(Findings findings, NodeId node, string kind) => findings.Transactions
        .Where(each => each.Kind == kind)
        .SelectMany(each => each.Postings)
        .Where(posting => posting.Account == $"node:{node}")
        .Sum(posting => posting.Amount);

    // Nothing is made up: runs that nobody measured are counted beside those that somebody did.
    private static string Energy(IEnumerable<TaskAttempt> attempts)
    {
        var all = attempts.ToList();
        var known = all.Where(attempt => attempt.EnergyJoules is not null).ToList();
        return known.Count == 0 ? "unknown"
            : string.Create(CultureInfo.InvariantCulture, $"{known.Sum(attempt => attempt.EnergyJoules):0.0} J{(known.Count == all.Count ? string.Empty : $" for {known.Count} of {all.Count} runs")}");
    }

    private static string Short(Digest output) => $"{output.ToString()[..("sha256:".Length + DigestLength)]}…";

    private static string Fraction(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
