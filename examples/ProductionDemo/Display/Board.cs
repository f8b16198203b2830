using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ailee.Vcp.ProductionDemo.Display;

/// <summary>The board: a line for the nodes, and one for each task, the latest if there are more than fit.</summary>
internal static class Board
{
    private const int OtherLines = 6;
    private const int WidthForResults = 100;
    private const int WidthForTitles = 150;

    public static IRenderable Draw(Screen screen, IReadOnlyList<Watch> watches, int total, IEnumerable<(Agent Agent, NodeView View)> nodes, Func<string, string> nameOf, DateTimeOffset now)
    {
        var rows = Math.Max(3, screen.Height - OtherLines);
        var (wide, roomy) = (screen.Width >= WidthForTitles, screen.Width >= WidthForResults);
        var grid = new Grid();
        for (var column = 0; column < (wide ? 5 : 4); column++)
        {
            grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, roomy ? 3 : 2, 0) });
        }

        foreach (var watch in watches.TakeLast(rows))
        {
            List<string> cells = [$"[grey]{watch.Number,4}[/]", $"[bold]{watch.Job.Guest}[/]", TaskRow.Nodes(watch, nameOf), TaskRow.Status(watch, now, roomy)];
            if (wide)
            {
                cells.Insert(2, $"[grey]{Markup.Escape(watch.Job.Title)}[/]");
            }

            grid.AddRow([.. cells.Select(cell => new Markup(cell) { Overflow = Overflow.Ellipsis })]);
        }

        var states = string.Join("   ", nodes.Select(each => $"{Mark(each.View.State)} {Markup.Escape(each.Agent.Name)}"));
        var settled = watches.Count(watch => watch.IsDecided);
        return new Rows(new Markup($"\n  [grey]nodes[/]  {states}     [grey]decided[/] {settled} of {total}\n"), grid, Text.Empty);
    }

    /// <summary>The state of a node as a sign: online, quarantined, offline, anything else.</summary>
    public static string Mark(string state) => state switch
    {
        "online" => "[green]●[/]",
        "quarantined" => "[red]⊘[/]",
        "offline" => "[magenta]†[/]",
        _ => "[yellow]○[/]",
    };
}
