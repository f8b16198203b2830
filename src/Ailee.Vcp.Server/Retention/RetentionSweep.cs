using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Ailee.Vcp.Server.Retention;

/// <summary>
/// Takes the bytes of finished tasks away when they are old enough, in small steps. What is free then is used again by what comes, so
/// under a steady load the database file stops growing but for what is kept for ever; it never becomes smaller by itself.
/// </summary>
internal sealed partial class RetentionSweep : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly IDatabase _database;
    private readonly ServerClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<RetentionSweep> _logger;
    private readonly Counter _tasks;
    private readonly Counter _bytes;
    private readonly (ExpiringContent Content, int Hours)[] _policy;

    public RetentionSweep(IDatabase database, SqliteDatabase file, ServerMetrics server, IOptions<RetentionOptions> options, ServerClock clock, TimeProvider time, ILogger<RetentionSweep> logger)
    {
        (_database, _clock, _time, _logger) = (database, clock, time, logger);
        _policy =
        [
            (ExpiringContent.Outputs, options.Value.OutputHours),
            (ExpiringContent.Traces, options.Value.TraceHours),
            (ExpiringContent.Inputs, options.Value.InputHours),
        ];
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        _tasks = metrics.CreateCounter("vcp_expired_tasks_total", "Tasks of which something was taken away because of its age, by what.", "content");
        _bytes = metrics.CreateCounter("vcp_expired_bytes_total", "Bytes that were taken away because of their age, by what they were.", "content");
        var size = metrics.CreateGauge("vcp_database_bytes", "Bytes of the database: its file, what of that is free to be used again, and the write-ahead log.", "part");
        server.Registry.AddBeforeCollectCallback(() =>
        {
            var (total, free, log) = file.Measure();
            size.WithLabels("file").Set(total);
            size.WithLabels("free").Set(free);
            size.WithLabels("wal").Set(log);
        });
    }

    /// <summary>Takes away all that is due now; nothing while the clock is doubted.</summary>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <exception cref="StorageException">Not all of it could be taken away.</exception>
    public Task SweepAsync(CancellationToken cancellationToken) => _clock.TrustedUtc is { } now ? SweepAsync(now, cancellationToken) : Task.CompletedTask;

    /// <summary>Takes away all that is due.</summary>
    /// <param name="now">The time by which it is due.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <exception cref="StorageException">Not all of it could be taken away.</exception>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (content, hours) in _policy.Where(rule => rule.Hours > 0))
        {
            await SweepAsync(content, now - TimeSpan.FromHours(hours), cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            do
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (StorageException exception)
                {
                    LogFailed(exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SweepAsync(ExpiringContent content, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        Core.TaskId? next = default(Core.TaskId);
        while (next is { } after)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = await _database.WriteAsync(transaction => RetentionStore.Expire(transaction, content, oldest, after));
            _tasks.WithLabels(content.Name).Inc(step.Tasks);
            _bytes.WithLabels(content.Name).Inc(step.SizeBytes);
            next = step.Next;
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "What is old could not be taken away; trying again")]
    private partial void LogFailed(Exception exception);
}
