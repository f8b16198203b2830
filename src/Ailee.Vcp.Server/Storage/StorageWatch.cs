namespace Ailee.Vcp.Server.Storage;

/// <summary>Ends a server whose database cannot go on: whoever watches the process starts it again, and the start mends what can be mended.</summary>
/// <param name="lost">Fails once it cannot.</param>
internal sealed class StorageWatch(Task lost) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends quietly also when the host stops before it has started.
        var stopped = new TaskCompletionSource();
        await using var stop = stoppingToken.UnsafeRegister(static stopped => ((TaskCompletionSource)stopped!).SetResult(), stopped);
        await await Task.WhenAny(lost, stopped.Task);
    }
}
