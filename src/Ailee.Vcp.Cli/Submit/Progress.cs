using Spectre.Console;

namespace Ailee.Vcp.Cli.Submit;

/// <summary>Says on stderr what is going on: a spinner on a terminal, nothing elsewhere.</summary>
internal static class Progress
{
    public static async Task<T> ShowAsync<T>(CliConsole console, Func<Action<string>, Task<T>> work)
    {
        if (!console.IsInteractive)
        {
            return await work(_ => { });
        }

        using var writer = new StreamWriter(console.Stderr, leaveOpen: true) { AutoFlush = true };
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        return await terminal.Status().StartAsync("Uploading", context => work(text => context.Status = Markup.Escape(text)));
    }
}
