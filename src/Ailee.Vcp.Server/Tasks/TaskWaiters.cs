using System.Collections.Concurrent;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Requests that wait for a decision. Woken after the commit, so that whoever wakes finds the task decided.</summary>
internal sealed class TaskWaiters(TimeProvider time)
{
    private readonly ConcurrentDictionary<TaskId, Waiter> _waiters = new();

    /// <summary>Waits until the task is decided or the time is over.</summary>
    /// <param name="id">The task.</param>
    /// <param name="isDecided">Looks whether it is decided already; asked once the wait is set up, so that no decision falls in between.</param>
    /// <param name="duration">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it is decided.</returns>
    public async Task<bool> WaitAsync(TaskId id, Func<Task<bool>> isDecided, TimeSpan duration, CancellationToken cancellationToken)
    {
        var waiter = Join(id);
        try
        {
            if (await isDecided())
            {
                return true;
            }

            await waiter.Completion.Task.WaitAsync(duration, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Leave(id, waiter);
        }
    }

    public void Decided(TaskId id)
    {
        if (_waiters.TryRemove(id, out var waiter))
        {
            waiter.Completion.TrySetResult();
        }
    }

    private Waiter Join(TaskId id) => _waiters.AddOrUpdate(id, _ => new Waiter(1), (_, waiter) => waiter with { Count = waiter.Count + 1 });

    private void Leave(TaskId id, Waiter joined)
    {
        while (_waiters.TryGetValue(id, out var waiter) && waiter.Completion == joined.Completion)
        {
            if (waiter.Count == 1 ? _waiters.TryRemove(KeyValuePair.Create(id, waiter)) : _waiters.TryUpdate(id, waiter with { Count = waiter.Count - 1 }, waiter))
            {
                return;
            }
        }
    }

    private sealed record Waiter(int Count)
    {
        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
