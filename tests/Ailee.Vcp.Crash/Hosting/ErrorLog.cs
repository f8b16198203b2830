using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Crash.Hosting;

/// <summary>Keeps what a server says of its errors, to be told when a check fails.</summary>
internal sealed class ErrorLog : ILoggerFactory, ILogger
{
    private const int Most = 20;

    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>The last of them.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // There is one place where all goes.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        _lines.Enqueue($"{eventId.Id}: {formatter(state, exception)} {exception}");
        while (_lines.Count > Most)
        {
            _lines.TryDequeue(out _);
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
