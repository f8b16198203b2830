using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// What no request waits for: notices keys that were changed by others, so that streams of revoked ones end, and stores once a minute when
/// keys were used and who was turned away.
/// </summary>
internal sealed partial class AccessUpkeep(ApiKeys keys, AuditTally tally, IDatabase database, IOptions<AuthOptions> options, ServerClock clock, TimeProvider time, ILogger<AccessUpkeep> logger) : BackgroundService
{
    private const int PruneSize = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private List<AuditEvent> _unstored = [];

    /// <summary>Stores what is not stored, and takes away what is older than it is kept; nothing while the clock is doubted.</summary>
    /// <exception cref="StorageException">It could not be stored; the next call tries again.</exception>
    public async Task FlushAsync()
    {
        var uses = keys.UnstoredUses().ConvertAll(pair => (pair.Key, pair.Value, At: pair.Value.UsedAt!.Value));
        // While nothing can be stored, what is new is counted on.
        _unstored = _unstored.Count == 0 ? tally.Take() : _unstored;
        if (uses.Count > 0 || _unstored.Count > 0)
        {
            await database.WriteAsync(transaction =>
            {
                uses.ForEach(use => KeyStore.Use(transaction, use.Key, use.At));
                _unstored.ForEach(happened => AuditEvents.Add(transaction, happened));
                return true;
            });
            uses.ForEach(use => use.Value.Stored(use.At));
            _unstored = [];
        }

        if (clock.TrustedUtc is { } now && now - TimeSpan.FromDays(options.Value.AuditDays) is var oldest && database.Read(transaction => AuditEvents.AnyBefore(transaction, oldest)))
        {
            await database.WriteAsync(transaction => AuditEvents.Prune(transaction, oldest, PruneSize));
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryFlushAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var flushed = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                keys.Refresh();
                if (time.GetElapsedTime(flushed) >= Minute)
                {
                    flushed = time.GetTimestamp();
                    await TryFlushAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryFlushAsync()
    {
        try
        {
            await FlushAsync();
        }
        catch (StorageException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(1103, LogLevel.Warning, "The audit trail and the use of keys could not be stored; trying again")]
    private partial void LogFailed(Exception exception);
}
