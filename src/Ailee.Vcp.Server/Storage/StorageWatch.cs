namespace Ailee.Vcp.Server.Storage;

/// <summary>Ends a server whose database cannot go on: whoever watches the process starts it again, and the start mends what can be mended.</summary>
internal sealed class StorageWatch(SqliteDatabase database) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends quietly also when the host stops before it has started.
        var stopped = new TaskCompletionSource();
        await using var stop = stoppingToken.UnsafeRegister(static stopped => ((TaskCompletionSource)stopped!).SetResult(), stopped);
        await await Task.WhenAny(database.Lost, stopped.Task);
    }
}
