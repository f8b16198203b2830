using System.Globalization;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.ProductionDemo.Jobs;
using Spectre.Console;

namespace Ailee.Vcp.ProductionDemo.Display;

/// <summary>How a task stands, in markup.</summary>
internal static class TaskRow
{
    /// <summary>Who has it, and what became of that: ● runs, ◆ has answered, ✓ agrees with the decision, ✗ does not, † was not heard of any more.</summary>
    public static string Nodes(Watch watch, Func<string, string> nameOf) => string.Join("  ", watch.View.Attempts.Select(attempt =>
    {
        var name = Markup.Escape(nameOf(attempt.Node));
        return (attempt.State, watch.Agrees(attempt.Node)) switch
        {
            ("running", _) => $"[yellow]● {name}[/]",
            ("accepted", null) => $"[blue]◆ {name}[/]",
            ("accepted", true) => $"[green]✓ {name}[/]",
            ("accepted", false) => $"[red]✗ {name}[/]",
            ("expired", _) => $"[magenta]† {name}[/]",
            _ => $"[grey]○ {name} ({attempt.State})[/]",
        };
    }));

    /// <summary>The decision, or how far it is.</summary>
    /// <param name="watch">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="withResult">Whether there is room for the beginning of the result.</param>
    public static string Status(Watch watch, DateTimeOffset now, bool withResult = true)
    {
        var took = string.Create(CultureInfo.InvariantCulture, $"{((watch.View.CompletedAt ?? now) - watch.View.SubmittedAt).TotalSeconds:0.0} s");
        return watch.View.State switch
        {
            TaskStates.Queued => "[grey]waits[/]",
            TaskStates.Running => $"[yellow]runs[/] [grey]{took}[/]",
            TaskStates.Completed => $"[green]{watch.View.Consensus?.Agreed} agree[/] [grey]{took}[/]{(withResult ? $"  {Markup.Escape(watch.Preview())}" : string.Empty)}",
            _ => $"[red]{watch.View.State} {watch.View.Failure?.Code}[/]",
        };
    }
}
