using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ailee.Vcp.ProductionDemo.Display;

/// <summary>
/// Where the demo speaks. On a terminal it has colours (unless NO_COLOR is set) and a board that changes in place; elsewhere every line is
/// plain and stays.
/// </summary>
internal sealed class Screen
{
    // Nobody breaks the lines of a file.
    private const int PlainWidth = 200;

    private readonly IAnsiConsole _console;
    private readonly TimeProvider _time;
    private readonly long _began;
    private LiveDisplayContext? _board;

    public Screen(TimeProvider time)
    {
        (_time, _began) = (time, time.GetTimestamp());
        // No guessing from the environment: what is not a terminal gets plain lines, also on a build server.
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false } });
        IsLive = !Console.IsOutputRedirected && _console.Profile.Capabilities.Ansi;
        if (!IsLive)
        {
            _console.Profile.Width = PlainWidth;
        }
    }

    /// <summary>Whether there is a board that changes in place.</summary>
    public bool IsLive { get; }

    public int Width => _console.Profile.Width;

    public int Height => _console.Profile.Height;

    /// <summary>Begins a part, with a few words about it.</summary>
    public void Chapter(string title, params IEnumerable<string> words)
    {
        _console.WriteLine();
        _console.MarkupLine($"[bold blue]{title}[/]");
        foreach (var line in words)
        {
            _console.MarkupLine($"[grey]{line}[/]");
        }
    }

    /// <summary>A line of markup.</summary>
    public void Line(string markup = "") => _console.MarkupLine(markup);

    /// <summary>Something happened: one line with the time since the start, above the board if there is one.</summary>
    public void Event(string markup)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"[grey]{_time.GetElapsedTime(_began).TotalSeconds,6:0.0} s[/]  {markup}");
        // A second line would stand in what is left of the board.
        var text = Markup.Remove(line);
        _console.MarkupLine(text.Length < Width ? line : $"{Markup.Escape(text[..(Width - 2)])}…");
    }

    public void Write(IRenderable renderable) => _console.Write(renderable);

    /// <summary>Works with a board, on a terminal.</summary>
    public async Task WithBoardAsync(Func<Task> work)
    {
        if (!IsLive)
        {
            await work();
            return;
        }

        await _console.Live(Text.Empty).AutoClear(false).StartAsync(async board =>
        {
            _board = board;
            await work();
        });
        _board = null;
    }

    /// <summary>Replaces the board.</summary>
    public void Board(Func<IRenderable> draw)
    {
        _board?.UpdateTarget(draw());
        _board?.Refresh();
    }
}
