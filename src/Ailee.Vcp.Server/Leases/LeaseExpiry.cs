using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Takes leases away from nodes that were not heard of for too long or were put aside, and ends votes that wait for such nodes.</summary>
internal sealed partial class LeaseExpiry(
    LeaseTable leases,
    TaskDecisions decisions,
    DispatchNodes nodes,
    NodeRegistry registry,
    PublishedLog log,
    ServerClock clock,
    TimeProvider time,
    ILogger<LeaseExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        // Ends quietly also when the host stops before it has started.
        using var stop = stoppingToken.UnsafeRegister(static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (log.Tree.ReadOnly is not null)
            {
                // What ends a lease may have to be stated.
                continue;
            }

            await TryAsync(() => LookAsync(stoppingToken), stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        foreach (var lease in leases.Expired(clock.Uptime))
        {
            await TryAsync(() => EndAsync(lease), stoppingToken);
        }

        foreach (var lease in leases.HeldBy(IsPutAside))
        {
            await TryAsync(() => RevokeAsync(lease), stoppingToken);
        }

        if (nodes.TakePutAside())
        {
            await TryAsync(() => decisions.ReviewAsync(time.GetUtcNow()), stoppingToken);
        }
    }

    private async Task EndAsync(RunningLease lease)
    {
        await decisions.RetryAsync(lease.Task, lease.Id, AttemptStates.Expired, "expired", time.GetUtcNow());
        leases.Remove(lease.Id);
    }

    private async Task RevokeAsync(RunningLease lease)
    {
        await decisions.RetryAsync(lease.Task, lease.Id, AttemptStates.Cancelled, "node-put-aside", time.GetUtcNow());
        leases.Revoke(lease.Id);
    }

    // What it says would not count. A node that is only drained ends its work.
    private bool IsPutAside(NodeId node) => registry.Find(node)?.Standing is NodeStandings.Quarantined or NodeStandings.Removed;

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
