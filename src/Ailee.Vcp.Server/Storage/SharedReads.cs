using System.Collections.Concurrent;

namespace Ailee.Vcp.Server.Storage;

/// <summary>Queries that wait for the next snapshot. One snapshot is read at a time, so those that come meanwhile share the one after it.</summary>
internal sealed class SharedReads(IDatabase database) : IThreadPoolWorkItem
{
    private const int MostInSnapshot = 64;

    private readonly ConcurrentQueue<Asked> _asked = [];
    private int _waiting;

    public Task<T> Add<T>(Func<IReadTransaction, T> query)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Enqueue(new Asked(
            transaction =>
            {
                try
                {
                    completion.SetResult(query(transaction));
                }
                catch (Exception exception)
                {
                    completion.SetException(exception);
                }
            },
            completion.SetException));
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            // Behind what is queued already, which may ask too.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return completion.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Interlocked.Add(ref _waiting, -Answer()) > 0)
        {
            // Others came meanwhile.
        }
    }

    private int Answer()
    {
        var taken = new List<Asked>();
        while (taken.Count < MostInSnapshot && _asked.TryDequeue(out var asked))
        {
            taken.Add(asked);
        }

        var answered = 0;
        try
        {
            database.Read(transaction =>
            {
                for (; answered < taken.Count; answered++)
                {
                    taken[answered].Run(transaction);
                }

                return true;
            });
        }
        catch (Exception exception)
        {
            // The snapshot was not to be had.
            foreach (var asked in taken.Skip(answered))
            {
                asked.Fail(exception);
            }
        }

        return taken.Count;
    }

    private sealed record Asked(Action<IReadTransaction> Run, Action<Exception> Fail);
}
