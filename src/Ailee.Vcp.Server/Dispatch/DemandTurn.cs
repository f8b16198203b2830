namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A task's place among all, the lowest first; fixed once and for all, so that a task ages by what comes after it.</summary>
/// <param name="Key">Its tag, less what its priority is worth.</param>
/// <param name="Tag">Start-time fair queueing: which of its submitter's tasks it is, counted from where the service was.</param>
/// <param name="Number">Counts all tasks; settles ties.</param>
internal readonly record struct DemandTurn(long Key, long Tag, long Number) : IComparable<DemandTurn>
{
    public int CompareTo(DemandTurn other) => Key != other.Key ? Key.CompareTo(other.Key) : Number.CompareTo(other.Number);
}

/// <summary>Gives tasks their turns. Submitters take turns with each other, whatever number of tasks they have.</summary>
internal sealed class SubmitterTurns
{
    /// <summary>How many turns one step of priority is worth.</summary>
    public const long PriorityStep = 100;

    private readonly Dictionary<string, (long[] Last, int Waiting)> _submitters = [];
    private long _now;
    private long _number;

    /// <summary>The turn of a new task. A submitter's task stands behind its own of the same or a higher priority only.</summary>
    public DemandTurn Next(string submitter, int priority)
    {
        var (last, waiting) = _submitters.TryGetValue(submitter, out var known) ? known : (new long[Demand.MostPriority + 1], 0);
        var tag = _now;
        for (var higher = priority; higher < last.Length; higher++)
        {
            tag = Math.Max(tag, last[higher]);
        }

        last[priority] = ++tag;
        _submitters[submitter] = (last, waiting + 1);
        return new DemandTurn(tag - (priority * PriorityStep), tag, ++_number);
    }

    /// <summary>A task was served: the service is this far.</summary>
    public void Served(DemandTurn turn) => _now = Math.Max(_now, turn.Tag);

    /// <summary>A task that had a turn is gone. A submitter without any is forgotten.</summary>
    public void Gone(string submitter)
    {
        var (last, waiting) = _submitters[submitter];
        if (waiting == 1)
        {
            _submitters.Remove(submitter);
        }
        else
        {
            _submitters[submitter] = (last, waiting - 1);
        }
    }
}
