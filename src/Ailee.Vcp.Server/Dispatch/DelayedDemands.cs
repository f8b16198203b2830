namespace Ailee.Vcp.Server.Dispatch;

/// <summary>Tasks that wait for a time, and the timer for the earliest of them: a clock that is set meanwhile changes nothing. All but <see cref="Dispose"/> runs under the dispatcher's lock.</summary>
internal sealed class DelayedDemands : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly SortedSet<DemandEntry> _entries = new(Comparer<DemandEntry>.Create(static (first, second) =>
        first.DueAt == second.DueAt ? first.Turn.Number.CompareTo(second.Turn.Number) : first.DueAt.CompareTo(second.DueAt)));

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;

    public DelayedDemands(TimeProvider time, Action due)
    {
        (_time, _start) = (time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count => _entries.Count;

    private TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public void Add(DemandEntry entry, DateTimeOffset notBefore)
    {
        (entry.NotBefore, entry.DueAt) = (notBefore, Elapsed + (notBefore - _time.GetUtcNow()));
        _entries.Add(entry);
        SetTimer();
    }

    public void Remove(DemandEntry entry)
    {
        if (entry.NotBefore is not null)
        {
            _entries.Remove(entry);
            entry.NotBefore = null;
            SetTimer();
        }
    }

    /// <summary>Takes out what is due.</summary>
    public List<DemandEntry> TakeDue()
    {
        var now = Elapsed;
        List<DemandEntry> due = [];
        while (_entries.Min is { } first && first.DueAt <= now)
        {
            _entries.Remove(first);
            first.NotBefore = null;
            due.Add(first);
        }

        SetTimer();
        return due;
    }

    public void Dispose() => _timer.Dispose();

    private void SetTimer()
    {
        var wait = _entries.Min?.DueAt - Elapsed;

        // A timer has milliseconds: one that fires early would find nothing due and be set to nothing.
        _timer.Change(
            wait is { } some ? TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(some.TotalMilliseconds, 0, Longest.TotalMilliseconds))) : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }
}
