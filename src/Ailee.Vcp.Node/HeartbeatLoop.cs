using Ailee.Vcp.Client.Mesh;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node;

/// <summary>Tells the orchestrator at intervals that the node lives, and answers its probes at once. A heartbeat that fails is made good by the next.</summary>
/// <param name="gateway">The way to the orchestrator.</param>
/// <param name="state">What the node works on and how its machine is, but for the time.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The agent's.</param>
internal sealed partial class HeartbeatLoop(INodeGateway gateway, Func<HeartbeatRequest> state, TimeProvider time, ILogger logger)
{
    private Task _probe = Task.CompletedTask;

    /// <summary>Sends the first heartbeat now and then one at each interval, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(gateway.HeartbeatInterval, time);
        try
        {
            do
            {
                await BeatAsync(cancellationToken);
                if (timer.Period != gateway.HeartbeatInterval)
                {
                    timer.Period = gateway.HeartbeatInterval;
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await _probe;
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reply = await gateway.HeartbeatAsync(state(), cancellationToken);
            // A large one may take longer than the leases live without the next heartbeat.
            if (reply.Probe is { } probe && _probe.IsCompleted)
            {
                _probe = ProbeAsync(probe, cancellationToken);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogHeartbeatFailed(exception);
        }
    }

    private async Task ProbeAsync(Probe probe, CancellationToken cancellationToken)
    {
        try
        {
            await gateway.ProbeAsync(probe, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception exception)
        {
            LogProbeFailed(exception);
        }
    }

    [LoggerMessage(2011, LogLevel.Warning, "A heartbeat failed; the next one follows")]
    private partial void LogHeartbeatFailed(Exception exception);

    [LoggerMessage(2012, LogLevel.Warning, "A probe could not be answered")]
    private partial void LogProbeFailed(Exception exception);
}
