namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A submitter's place among all, the lowest first.</summary>
/// <param name="Start">Start-time fair queueing: when its next lease is due, counted in leases that each submitter had.</param>
/// <param name="LastServed">The number of its latest lease; of equals that one is next that waited longer.</param>
/// <param name="Number">Counts all submitters; settles ties.</param>
internal readonly record struct SubmitterTurn(long Start, long LastServed, long Number) : IComparable<SubmitterTurn>
{
    public int CompareTo(SubmitterTurn other)
    {
        var order = Start.CompareTo(other.Start);
        order = order != 0 ? order : LastServed.CompareTo(other.LastServed);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }
}

/// <summary>Somebody with undecided tasks, under the dispatcher's lock. Priority orders its own tasks and moves none of another.</summary>
/// <param name="name">Its name.</param>
/// <param name="turn">Its place among all.</param>
internal sealed class Submitter(string name, SubmitterTurn turn)
{
    /// <summary>How many turns one step of priority is worth.</summary>
    public const long PriorityStep = 100;

    private readonly long[] _last = new long[Demand.MostPriority + 1];
    private long _now;

    public string Name { get; } = name;

    /// <summary>Tasks that are known.</summary>
    public int Tasks { get; set; }

    /// <summary>Its place; the lanes that it is in are told before and after it changes.</summary>
    public SubmitterTurn Turn { get; set; } = turn;

    /// <summary>The lanes in which its tasks wait.</summary>
    public HashSet<DemandLane> Lanes { get; } = [];

    /// <summary>The turn of a new task: behind its own of the same or a higher priority only.</summary>
    public DemandTurn Next(int priority, long number)
    {
        var tag = _now;
        for (var higher = priority; higher < _last.Length; higher++)
        {
            tag = Math.Max(tag, _last[higher]);
        }

        _last[priority] = ++tag;
        return new DemandTurn(tag - (priority * PriorityStep), tag, number);
    }

    /// <summary>A task of its own was served.</summary>
    public void Served(DemandTurn turn) => _now = Math.Max(_now, turn.Tag);
}

/// <summary>Gives submitters and their tasks their turns. Submitters take turns with each other, whatever number of tasks they have.</summary>
internal sealed class SubmitterTurns
{
    private readonly Dictionary<string, Submitter> _submitters = new(StringComparer.Ordinal);
    private long _now;
    private long _served;
    private long _numbers;

    /// <summary>A new task of a submitter, and its turn.</summary>
    public (Submitter Submitter, DemandTurn Turn) Next(string name, int priority)
    {
        if (!_submitters.TryGetValue(name, out var submitter))
        {
            _submitters.Add(name, submitter = new Submitter(name, new SubmitterTurn(_now + 1, 0, ++_numbers)));
        }

        submitter.Tasks++;
        return (submitter, submitter.Next(priority, ++_numbers));
    }

    /// <summary>A submitter got a lease: its next is due one later. What it did not use while nothing suited its tasks does not pile up.</summary>
    public void Served(Submitter submitter, DemandTurn turn)
    {
        submitter.Served(turn);
        _now = Math.Max(_now, submitter.Turn.Start);
        Move(submitter, submitter.Turn with { Start = _now + 1, LastServed = ++_served });
    }

    /// <summary>A lease was given back before it began: the submitter is next among equals.</summary>
    public static void Returned(Submitter submitter) => Move(submitter, submitter.Turn with { Start = submitter.Turn.Start - 1, LastServed = 0 });

    /// <summary>A task is gone. A submitter without any is forgotten.</summary>
    public void Gone(Submitter submitter)
    {
        if (--submitter.Tasks == 0)
        {
            _submitters.Remove(submitter.Name);
        }
    }

    private static void Move(Submitter submitter, SubmitterTurn turn)
    {
        foreach (var lane in submitter.Lanes)
        {
            lane.Leave(submitter);
        }

        submitter.Turn = turn;
        foreach (var lane in submitter.Lanes)
        {
            lane.Enter(submitter);
        }
    }
}
