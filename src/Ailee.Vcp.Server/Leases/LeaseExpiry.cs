using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Takes leases away from nodes that were not heard of for too long.</summary>
internal sealed partial class LeaseExpiry(LeaseTable leases, TaskDecisions decisions, TimeProvider time, ILogger<LeaseExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        // Ends quietly also when the host stops before it has started.
        using var stop = stoppingToken.UnsafeRegister(static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            foreach (var lease in leases.Expired(time.GetUtcNow()))
            {
                try
                {
                    await decisions.RetryAsync(lease.Task, lease.Id, AttemptStates.Expired, "expired", time.GetUtcNow());
                    leases.Remove(lease.Id);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(lease.Id, exception);
                }
            }
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "Lease {Lease} has expired and could not be ended; trying again")]
    private partial void LogFailed(Guid lease, Exception exception);
}
