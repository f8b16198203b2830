using Ailee.Vcp.Server.Diagnostics;
using Prometheus;

namespace Ailee.Vcp.Server.Clocks;

/// <summary>Tells the operator when the clock is doubted or the process was paused, and keeps the clock's mark for the next start.</summary>
internal sealed partial class ClockWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Worth = TimeSpan.FromSeconds(3);

    private readonly ServerClock _clock;
    private readonly ClockFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<ClockWatch> _logger;
    private readonly Lock _lock = new();
    private bool _isOver;
    private ClockMark? _kept;
    private TimeSpan _paused;

    public ClockWatch(ServerClock clock, ClockFile file, ServerMetrics server, TimeProvider time, ILogger<ClockWatch> logger)
    {
        (_clock, _file, _time, _logger) = (clock, file, time, logger);
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        var trusted = metrics.CreateGauge("vcp_clock_trusted", "1 if the machine's clock is believed, 0 while nothing is taken away because of its age.");
        var paused = metrics.CreateCounter("vcp_clock_paused_seconds_total", "How long the process or its machine was paused.");
        server.Registry.AddBeforeCollectCallback(() =>
        {
            trusted.Set(clock.TrustedUtc is null ? 0 : 1);
            paused.IncTo(clock.Paused.TotalSeconds);
        });
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _clock.Start(_file.Read());
        Look();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Tells what changed, and keeps the mark.</summary>
    public void Look()
    {
        var mark = _clock.Look();
        if (_clock.Paused - _paused > Worth)
        {
            LogPaused((_clock.Paused - _paused).TotalSeconds);
        }

        _paused = _clock.Paused;
        if (mark.DoubtedSince != _kept?.DoubtedSince)
        {
            Tell(mark.DoubtedSince);
        }

        if (_kept is null || mark.DoubtedSince != _kept.DoubtedSince || (mark.Utc - _kept.Utc).Duration() >= KeepEvery)
        {
            Keep(mark);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Keep(_clock.Look());
    }

    /// <summary>Ends it. Nothing is written to the directory any more, which may be another process's by then.</summary>
    public override void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Tell(DateTimeOffset? doubtedSince)
    {
        if (doubtedSince is { } since)
        {
            LogDoubted(since, since + ClockTrust.Day);
        }
        else
        {
            LogTrusted();
        }
    }

    private void Keep(ClockMark mark)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            // Also when it fails: it is tried again a minute later, not each second.
            _kept = mark;
            try
            {
                _file.Write(mark);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogNotKept(exception);
            }
        }
    }

    [LoggerMessage(5301, LogLevel.Error, "The machine's clock was set, or is far from where it was at the last run: it says {Now:u}. Nothing is taken away because of its age before {Until:u}, and then only if the clock goes evenly until then")]
    private partial void LogDoubted(DateTimeOffset now, DateTimeOffset until);

    [LoggerMessage(5302, LogLevel.Information, "The machine's clock went evenly for a day and is believed again")]
    private partial void LogTrusted();

    [LoggerMessage(5303, LogLevel.Warning, "The process or its machine was paused for {Seconds:0.0} s; leases and the presence of nodes are extended by that")]
    private partial void LogPaused(double seconds);

    [LoggerMessage(5304, LogLevel.Warning, "What the clock says could not be kept for the next start; trying again")]
    private partial void LogNotKept(Exception exception);
}
