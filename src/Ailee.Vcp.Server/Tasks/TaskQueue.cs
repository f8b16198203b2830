using System.Threading.Channels;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// The undecided tasks in memory: a cache of their rows. Places are bounded: one is taken before a task is stored and given back
/// when it is decided.
/// </summary>
internal sealed class TaskQueue(int capacity)
{
    private readonly Channel<TaskId> _waiting = Channel.CreateUnbounded<TaskId>();
    private int _open;

    /// <summary>Undecided tasks.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Takes a place; false if there is none.</summary>
    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _open) <= capacity)
        {
            return true;
        }

        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>Takes a place for a task that was stored before; those are never refused.</summary>
    public void TakePlace() => Interlocked.Increment(ref _open);

    public void GivePlaceBack() => Interlocked.Decrement(ref _open);

    public void Enqueue(TaskId id) => _waiting.Writer.TryWrite(id);

    /// <summary>Waits for tasks; returns one to <paramref name="most"/>.</summary>
    public async Task<List<TaskId>> DequeueAsync(int most, CancellationToken cancellationToken)
    {
        List<TaskId> ids = [await _waiting.Reader.ReadAsync(cancellationToken)];
        while (ids.Count < most && _waiting.Reader.TryRead(out var id))
        {
            ids.Add(id);
        }

        return ids;
    }
}
