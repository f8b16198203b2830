namespace Ailee.Vcp.Server.Storage;

/// <summary>Ends a server whose database cannot go on: whoever watches the process starts it again, and the start mends what can be mended.</summary>
internal sealed class StorageWatch(SqliteDatabase database) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => database.Lost.WaitAsync(stoppingToken);
}
