namespace Ailee.Vcp.Node.Remote;

/// <summary>Wakes whoever waits to try again as soon as a heartbeat shows that a server that was away is back. Thread-safe.</summary>
internal sealed class Reachability(TimeProvider time)
{
    private readonly object _gate = new();
    private TaskCompletionSource _back = New();
    private bool _away;

    /// <summary>A heartbeat got no answer.</summary>
    public void Lost()
    {
        lock (_gate)
        {
            _away = true;
        }
    }

    /// <summary>A heartbeat got its answer.</summary>
    public void Found()
    {
        TaskCompletionSource back;
        lock (_gate)
        {
            if (!_away)
            {
                return;
            }

            (back, _back, _away) = (_back, New(), false);
        }

        back.SetResult();
    }

    /// <summary>Waits, but not on after the server is back.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        Task back;
        lock (_gate)
        {
            back = _back.Task;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(back, Task.Delay(longest, time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
