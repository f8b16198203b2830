using System.Threading.Channels;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// The undecided tasks in memory: a cache of their rows. Places are bounded: one is taken before a task is stored and given back
/// when it is decided.
/// </summary>
internal sealed class TaskQueue(int capacity)
{
    private readonly Channel<(long Turn, TaskId Id)> _waiting = Channel.CreateUnboundedPrioritized<(long Turn, TaskId Id)>(
        new() { Comparer = Comparer<(long Turn, TaskId Id)>.Create((first, second) => first.Turn.CompareTo(second.Turn)) });

    private long _first;
    private long _last;
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

    public void Enqueue(TaskId id) => _waiting.Writer.TryWrite((Interlocked.Increment(ref _last), id));

    /// <summary>Puts tasks that were taken back before all others, in their order.</summary>
    public void Return(IReadOnlyList<TaskId> ids)
    {
        var turn = Interlocked.Add(ref _first, -ids.Count);
        foreach (var id in ids)
        {
            _waiting.Writer.TryWrite((turn++, id));
        }
    }

    /// <summary>Waits for tasks; returns one to <paramref name="most"/>.</summary>
    public async Task<List<TaskId>> DequeueAsync(int most, CancellationToken cancellationToken)
    {
        List<TaskId> ids = [(await _waiting.Reader.ReadAsync(cancellationToken)).Id];
        while (ids.Count < most && _waiting.Reader.TryRead(out var next))
        {
            ids.Add(next.Id);
        }

        return ids;
    }
}
