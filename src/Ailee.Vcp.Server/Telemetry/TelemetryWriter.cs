using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// Stores what heartbeats say, in batches: at most one sample a minute for each node, and when it was last heard of once a minute, or
/// soon if it comes or goes. What could not be stored is tried again by itself, with what is newest by then.
/// </summary>
internal sealed partial class TelemetryWriter : BackgroundService
{
    private const int BatchSize = 500;
    private const int PruneSize = 5000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<NodeId, Written> _written = [];
    private readonly NodeRegistry _registry;
    private readonly IDatabase _database;
    private readonly TimeSpan _keep;
    private readonly ServerClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<TelemetryWriter> _logger;

    public TelemetryWriter(NodeRegistry registry, IDatabase database, IOptions<NodeOptions> options, ServerClock clock, TimeProvider time, ILogger<TelemetryWriter> logger)
    {
        (_registry, _database, _clock, _time, _logger) = (registry, database, clock, time, logger);
        _keep = TimeSpan.FromHours(options.Value.TelemetryKeepHours);
        foreach (var node in registry.All())
        {
            _written[node.Id] = new Written(0, node.SeenAt, -Minute, IsOnline: false);
        }
    }

    /// <summary>Stores what is due.</summary>
    /// <exception cref="StorageException">Not all of it could be stored.</exception>
    public async Task FlushAsync()
    {
        var now = _clock.Now;
        foreach (var batch in _registry.All().Select(node => DueOf(node, now)).Where(due => due.Sample is not null || due.SeenAt is not null).Chunk(BatchSize))
        {
            await _database.WriteAsync(transaction =>
            {
                foreach (var due in batch)
                {
                    Store(transaction, due);
                }

                return batch.Length;
            });
            foreach (var due in batch)
            {
                _written[due.Node] = due.After;
            }
        }
    }

    /// <summary>Takes away what is older than it is kept; nothing while the clock is doubted.</summary>
    /// <exception cref="StorageException">Not all of it could be taken away.</exception>
    public async Task PruneAsync()
    {
        if (_clock.TrustedUtc is not { } now)
        {
            return;
        }

        var oldest = TelemetryStore.MinuteOf(now - _keep);
        while (await _database.WriteAsync(transaction => TelemetryStore.Prune(transaction, oldest, PruneSize)) == PruneSize)
        {
            // Small steps, so that no other change waits long.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(FlushAsync);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        var pruneAt = TimeSpan.Zero;
        try
        {
            do
            {
                await TryAsync(FlushAsync);
                if (_clock.Uptime >= pruneAt)
                {
                    pruneAt = _clock.Uptime + Minute;
                    await TryAsync(PruneAsync);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static void Store(IWriteTransaction transaction, Due due)
    {
        if (due.Sample is { } sample)
        {
            TelemetryStore.Add(transaction, due.Node, sample);
        }

        if (due.SeenAt is { } seenAt)
        {
            NodeStore.SetSeen(transaction, due.Node, seenAt);
        }
    }

    private Due DueOf(LiveNode node, Moment now)
    {
        var written = _written.GetValueOrDefault(node.Id);
        var isOnline = FleetHealth.IsOnline(node, now);
        var sample = node is { Telemetry: { } telemetry, TelemetryAt: { } at } && TelemetryStore.MinuteOf(at) > written.Minute
            ? new TelemetrySample(at, telemetry, node.LatencyMs, node.BandwidthMbps)
            : null;
        // The node of this process is not heard of after it: once it is another, it is offline.
        var seenAt = !node.IsBuiltIn && node.SeenAt != written.SeenAt && (isOnline != written.IsOnline || now.Uptime - written.SeenWrittenAt >= Minute) ? node.SeenAt : null;
        return new Due(node.Id, sample, seenAt, new Written(
            sample is null ? written.Minute : TelemetryStore.MinuteOf(sample.MeasuredAt),
            seenAt ?? written.SeenAt,
            seenAt is null ? written.SeenWrittenAt : now.Uptime,
            seenAt is null ? written.IsOnline : isOnline));
    }

    private async Task TryAsync(Func<Task> store)
    {
        try
        {
            await store();
        }
        catch (StorageException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(4201, LogLevel.Warning, "Telemetry of nodes could not be stored; trying again")]
    private partial void LogFailed(Exception exception);

    private readonly record struct Written(long Minute, DateTimeOffset? SeenAt, TimeSpan SeenWrittenAt, bool IsOnline);

    private readonly record struct Due(NodeId Node, TelemetrySample? Sample, DateTimeOffset? SeenAt, Written After);
}
