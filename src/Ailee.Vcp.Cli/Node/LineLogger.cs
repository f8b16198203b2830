using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Cli.Node;

/// <summary>A line on stderr for each message from Information up: time, level, message and, of an exception, its own message.</summary>
internal sealed class LineLogger<T>(CliConsole console) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var time = console.Time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var text = exception is null ? formatter(state, null) : $"{formatter(state, null)}: {exception.Message}";
        // A server's words may have lines of their own; here one message is one line.
        console.Tell(Encoding.UTF8.GetBytes($"{time} {Word(logLevel)} {text.ReplaceLineEndings(" ")}\n"));
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "CRITICAL",
    };
}
