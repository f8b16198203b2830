using Ailee.Vcp.Server.Http;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Looks once a second at what is left of disk and memory. While it is too little no new work is taken; what was accepted goes on, and
/// results are taken in as long as there is room at all.
/// </summary>
internal sealed partial class ResourceWatch(IResourceProbe probe, IOptions<OverloadOptions> options, TimeProvider time, ILogger<ResourceWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Somebody has to make room.
    private const int StorageRetrySeconds = 30;

    // Tasks end and give theirs back.
    private const int MemoryRetrySeconds = 5;

    private readonly Watermark _storage = new(options.Value.FreeStorageBytes);
    private readonly Watermark _memory = new(options.Value.FreeMemoryBytes);
    private volatile Problem? _problem;

    /// <summary>Why no new work is taken, or null.</summary>
    public Problem? Problem => _problem;

    /// <summary>What is left, as it was at the last look; null is not known.</summary>
    public (long? StorageBytes, long? MemoryBytes) Left { get; private set; }

    /// <summary>Which of them is too little.</summary>
    public (bool Storage, bool Memory) Low => (_storage.IsLow, _memory.IsLow);

    /// <summary>One look.</summary>
    public void Tick()
    {
        var left = (StorageBytes: probe.FreeStorageBytes(), MemoryBytes: probe.FreeMemoryBytes());
        Left = left;
        var (storage, memory) = (_storage.Take(left.StorageBytes), _memory.Take(left.MemoryBytes));
        _problem = _storage.IsLow ? Problems.StorageLow.Because("No new work is taken until there is more room on the data directory's disk.") with { RetryAfterSeconds = StorageRetrySeconds }
            : _memory.IsLow ? Problems.MemoryLow.Because("No new work is taken until more memory is free.") with { RetryAfterSeconds = MemoryRetrySeconds }
            : null;
        if (storage)
        {
            Tell("disk", _storage.IsLow, left.StorageBytes!.Value);
        }

        if (memory)
        {
            Tell("memory", _memory.IsLow, left.MemoryBytes!.Value);
        }
    }

    // Known before the first request.
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Tick();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    Tick();
                }
                catch (Exception exception)
                {
                    LogFailed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Tell(string what, bool isLow, long bytes)
    {
        if (isLow)
        {
            LogLow(what, bytes);
        }
        else
        {
            LogEnough(what, bytes);
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "Too little {What} is left, {Bytes} bytes: no new work is taken until there is more")]
    private partial void LogLow(string what, long bytes);

    [LoggerMessage(5002, LogLevel.Information, "Enough {What} is left again, {Bytes} bytes: work is taken")]
    private partial void LogEnough(string what, long bytes);

    [LoggerMessage(5003, LogLevel.Error, "What is left of the machine could not be looked at; trying again")]
    private partial void LogFailed(Exception exception);
}
