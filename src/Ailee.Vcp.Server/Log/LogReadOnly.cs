using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Ends a log that contradicts itself: from then on nothing is appended, integrated or signed, also after a restart.</summary>
internal sealed partial class LogReadOnly(IDatabase database, PublishedLog published, ServerMetrics metrics, ILogger<LogReadOnly> logger)
{
    /// <summary>It takes a person to leave it.</summary>
    public const int RetryAfterSeconds = 3600;

    /// <summary>Stores the reason, then lets nobody append.</summary>
    public async Task TurnAsync(LogContradiction contradiction)
    {
        var reason = await database.WriteAsync(transaction =>
        {
            LogStore.SetReadOnly(transaction, contradiction.ToString());
            return LogStore.FindReadOnly(transaction)!;
        });
        published.TurnReadOnly(reason);
        Announce();
    }

    /// <summary>Says it aloud, if it is so.</summary>
    public void Announce()
    {
        if (published.Tree.ReadOnly is { } reason)
        {
            metrics.LogIsReadOnly();
            LogTurned(reason);
        }
    }

    [LoggerMessage(3003, LogLevel.Critical, "THE LOG IS READ-ONLY. {Reason}")]
    private partial void LogTurned(string reason);
}
