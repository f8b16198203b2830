using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Who is about to hand in which output, so that others who came to the same need not. Forgotten at a restart: then all are asked. Thread-safe.</summary>
internal sealed class OutputArrivals(TimeProvider time)
{
    /// <summary>How long the others wait for the one who was asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Whoever dies after it was asked is forgotten when so many are remembered.
    private const int MostRemembered = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TaskId Task, Digest Output, Digest Trace), Arrival> _arrivals = [];

    /// <summary>
    /// Has a lease's node hand in an output, if no other is about to. Otherwise waits until that one has, or took too long: then look and
    /// claim again.
    /// </summary>
    /// <returns>Whether the caller is to hand it in.</returns>
    public async Task<bool> ClaimAsync(StatementPayload payload, Guid lease, CancellationToken cancellationToken)
    {
        Arrival arrival;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_arrivals.TryGetValue(Key(payload), out arrival!))
            {
                // Whoever was asked gains no time by asking again; once it is over, all are asked.
                if (arrival.Lease == lease || time.GetElapsedTime(arrival.Since, now) >= Patience)
                {
                    return true;
                }
            }
            else
            {
                _arrivals[Key(payload)] = new Arrival(lease, now);
                Forget(now);
                return true;
            }
        }

        try
        {
            await arrival.Ended.Task.WaitAsync(Left(arrival), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller looks again, and is asked too.
        }

        return false;
    }

    /// <summary>Tells that an output was handed in.</summary>
    public void End(StatementPayload payload)
    {
        lock (_gate)
        {
            if (_arrivals.Remove(Key(payload), out var arrival))
            {
                arrival.Ended.TrySetResult();
            }
        }
    }

    private TimeSpan Left(Arrival arrival)
    {
        var left = Patience - time.GetElapsedTime(arrival.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Forget(long now)
    {
        if (_arrivals.Count > MostRemembered)
        {
            foreach (var (key, arrival) in _arrivals.Where(pair => time.GetElapsedTime(pair.Value.Since, now) >= Patience).ToList())
            {
                _arrivals.Remove(key);
                arrival.Ended.TrySetResult();
            }
        }
    }

    private static (TaskId Task, Digest Output, Digest Trace) Key(StatementPayload payload) => (payload.Task, payload.Output, payload.TraceRoot);

    private sealed record Arrival(Guid Lease, long Since)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
