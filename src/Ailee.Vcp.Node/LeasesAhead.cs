namespace Ailee.Vcp.Node;

/// <summary>
/// How many leases a node has that are not run yet. Short tasks are leased by the dozen, so that no slot waits for the next; of long ones
/// only one more than there are slots: what is leased comes before whatever is submitted later, by whomever. Thread-safe.
/// </summary>
/// <param name="slots">Guests that run at once.</param>
/// <param name="most">Most leases for each slot.</param>
/// <param name="longest">How long the leases of one slot may take, by how long runs took lately; null for <paramref name="most"/> whatever they take.</param>
internal sealed class LeasesAhead(int slots, int most, TimeSpan? longest)
{
    // A run that is shorter than what is expected brings that down by this part; a longer one brings it up at once.
    private const int Slowness = 8;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private TimeSpan? _run;
    private int _held;

    /// <summary>How many there may be now.</summary>
    public int Limit
    {
        get
        {
            lock (_lock)
            {
                return longest is null ? slots * most
                    : _run is not { } run ? slots + 1
                    : Math.Max(slots + 1, slots * (int)Math.Clamp(longest.Value / Max(run, TimeSpan.FromTicks(1)), 1, most));
            }
        }
    }

    /// <summary>Waits until there is room for one at least.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_held < Limit)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Room for so many; less than 1 if there is none.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
            {
                return Limit - _held;
            }
        }
    }

    /// <summary>One is leased.</summary>
    public void Add()
    {
        lock (_lock)
        {
            _held++;
        }
    }

    /// <summary>Runs one, which is then no longer ahead, however it ends.</summary>
    /// <param name="run">Runs it.</param>
    /// <param name="length">How long it ran.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> run, Func<T, TimeSpan> length)
    {
        TimeSpan? took = null;
        try
        {
            var result = await run();
            took = length(result);
            return result;
        }
        finally
        {
            Remove(took);
        }
    }

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;

    private void Remove(TimeSpan? took)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _held--;
            if (took is { } run)
            {
                _run = _run is { } expected && run < expected ? expected + ((run - expected) / Slowness) : run;
            }

            (room, _room) = (_room, null);
        }

        room?.SetResult();
    }
}
