using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>Looks at auctions when something became known of them or their time has come.</summary>
internal sealed partial class AuctionService(AuctionHouse house, AuctionAlarm alarm, TimeProvider time, ILogger<AuctionService> logger) : BackgroundService
{
    private const int MostAtOnce = 256;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await alarm.Looks.WaitToReadAsync(stoppingToken))
            {
                // Each once: one look sees all that became known before it.
                var tasks = new HashSet<TaskId>();
                while (tasks.Count < MostAtOnce && alarm.Looks.TryRead(out var task))
                {
                    tasks.Add(task);
                }

                // Together, so that they are one commit.
                await Task.WhenAll(tasks.Select(task => SettleAsync(task, stoppingToken)));
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; after its start every auction is looked at again.
        }
    }

    private async Task SettleAsync(TaskId task, CancellationToken stoppingToken)
    {
        try
        {
            await house.SettleAsync(task);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(exception, task);
            alarm.LookAt(task, time.GetUtcNow() + RetryDelay);
        }
        catch (Exception)
        {
            // The server stops.
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "The auction of task {Task} could not be looked at; trying again")]
    private partial void LogFailed(Exception exception, TaskId task);
}
