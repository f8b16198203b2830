namespace Ailee.Vcp.Node;

/// <summary>
/// Counts what is held and lets nobody take more while it is too much. What a thing weighs may be known only after it was taken, so
/// as many as passed at once may go beyond the capacity. Thread-safe.
/// </summary>
/// <param name="capacityBytes">While more is held there is no room.</param>
/// <param name="freeItems">While fewer things are held there is room, whatever they weigh.</param>
internal sealed class ByteBudget(long capacityBytes, int freeItems)
{
    private readonly object _gate = new();
    private TaskCompletionSource? _room;
    private long _bytes;
    private int _items;

    /// <summary>Bytes that are held.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    private bool HasRoom => _bytes <= capacityBytes || _items < freeItems;

    /// <summary>Waits for room; completed at once if there is some.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return HasRoom ? Task.CompletedTask : WaitForRoomAsync(cancellationToken);
        }
    }

    /// <summary>Holds one thing more.</summary>
    public void Add(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
            _items++;
        }
    }

    /// <summary>Lets go of a thing that was added.</summary>
    public void Remove(long bytes)
    {
        lock (_gate)
        {
            _bytes -= bytes;
            _items--;
            if (HasRoom)
            {
                _room?.SetResult();
                _room = null;
            }
        }
    }

    private async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (HasRoom)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }
}
