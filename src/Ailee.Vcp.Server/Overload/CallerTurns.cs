namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Lets so many works of one caller at once come to a queue that all share: whoever has many waits for his own, and another's stands
/// behind so many of each. Thread-safe.
/// </summary>
/// <param name="each">Works of one caller at once.</param>
internal sealed class CallerTurns(int each)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (SemaphoreSlim Turns, int Users)> _callers = new(StringComparer.Ordinal);

    /// <summary>Waits for a turn; it is over when the result is disposed.</summary>
    /// <param name="caller">Whose; null for somebody who waits for nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IDisposable?> TakeAsync(string? caller, CancellationToken cancellationToken)
    {
        if (caller is null)
        {
            return null;
        }

        var turns = Enter(caller);
        try
        {
            await turns.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(caller);
            throw;
        }

        return new Turn(this, caller, turns);
    }

    private SemaphoreSlim Enter(string caller)
    {
        lock (_lock)
        {
            var (turns, users) = _callers.TryGetValue(caller, out var known) ? known : (new SemaphoreSlim(each), 0);
            _callers[caller] = (turns, users + 1);
            return turns;
        }
    }

    private void Leave(string caller)
    {
        lock (_lock)
        {
            var (turns, users) = _callers[caller];
            if (users == 1)
            {
                _callers.Remove(caller);
                turns.Dispose();
            }
            else
            {
                _callers[caller] = (turns, users - 1);
            }
        }
    }

    private sealed class Turn(CallerTurns owner, string caller, SemaphoreSlim turns) : IDisposable
    {
        public void Dispose()
        {
            turns.Release();
            owner.Leave(caller);
        }
    }
}
