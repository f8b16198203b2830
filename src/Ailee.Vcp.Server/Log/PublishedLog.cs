using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>What of the log is served: the last tree whose checkpoint is signed and stored. A cache of its row. Thread-safe.</summary>
internal sealed class PublishedLog
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LogTree? _tree;

    /// <summary>The tree.</summary>
    public LogTree Tree => _tree ?? throw new InvalidOperationException("The log is not open yet.");

    /// <summary>Serves the tree that was stored before this start.</summary>
    public void Open(LogTree tree) => Change(_ => tree);

    /// <summary>Serves a larger tree that is stored.</summary>
    public void Grow(LogTree stored) => Change(tree => tree! with { Size = stored.Size, Root = stored.Root, Note = stored.Note });

    /// <summary>Remembers that the stored log is read-only.</summary>
    public void TurnReadOnly(string reason) => Change(tree => tree! with { ReadOnly = reason });

    /// <summary>Waits until an entry is in the tree that is served; false if the time is over before.</summary>
    public async Task<bool> WaitAsync(long index, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(duration, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        while (true)
        {
            // Taken before the look, so that nothing is published in between unseen.
            var next = Volatile.Read(ref _next).Task;
            if (index < Tree.Size)
            {
                return true;
            }

            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Waits while the log is read-only, which is as long as this process lives.</summary>
    public Task WritableAsync(CancellationToken cancellationToken) =>
        Tree.ReadOnly is null ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>The nodes of the tree of a size that is served, as long as the transaction lasts.</summary>
    public static TileNodes Nodes(IReadTransaction transaction, long size) => new(size, path => LogStore.ReadTile(transaction, path));

    private void Change(Func<LogTree?, LogTree> change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _tree = change(_tree);
            changed = Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}
