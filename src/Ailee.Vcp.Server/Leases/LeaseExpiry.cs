using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Takes leases away from nodes that were not heard of for too long, and ends votes that wait for nodes that were put aside.</summary>
internal sealed partial class LeaseExpiry(LeaseTable leases, TaskDecisions decisions, DispatchNodes nodes, TimeProvider time, ILogger<LeaseExpiry> logger) : BackgroundService
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
                await TryAsync(() => EndAsync(lease), stoppingToken);
            }

            if (nodes.TakePutAside())
            {
                await TryAsync(() => decisions.ReviewAsync(time.GetUtcNow()), stoppingToken);
            }
        }
    }

    private async Task EndAsync(RunningLease lease)
    {
        await decisions.RetryAsync(lease.Task, lease.Id, AttemptStates.Expired, "expired", time.GetUtcNow());
        leases.Remove(lease.Id);
    }

    private async Task TryAsync(Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(exception);
        }
        catch (Exception)
        {
            // The server stops; after its start it is looked at again.
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "What leases that expired or nodes that were put aside leave behind could not be ended; trying again")]
    private partial void LogFailed(Exception exception);
}
