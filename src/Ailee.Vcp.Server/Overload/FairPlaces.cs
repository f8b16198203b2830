namespace Ailee.Vcp.Server.Overload;

/// <summary>What came of asking for a place.</summary>
internal enum PlaceAnswer
{
    /// <summary>It is taken, and must be given back.</summary>
    Taken,

    /// <summary>There is none.</summary>
    Full,

    /// <summary>There are some, for others: this caller has its share.</summary>
    ShareFull,
}

/// <summary>
/// Places for what is under way: so many in all, and of one caller never more than are still free (a dynamic threshold), nor more than
/// its own bound. So one alone gets half, several that want all of it come to equal shares with one share left over, and somebody who
/// comes new finds a place. Thread-safe.
/// </summary>
internal sealed class FairPlaces(int capacity, int capacityPerCaller)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byCaller = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>All places.</summary>
    public int Capacity => capacity;

    /// <summary>Places that are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place.</summary>
    /// <param name="caller">Whose share it is of; null for somebody who has all places to himself, as without API keys.</param>
    public PlaceAnswer TryTake(string? caller)
    {
        lock (_lock)
        {
            if (_taken >= capacity)
            {
                return PlaceAnswer.Full;
            }

            if (caller is not null && _byCaller.GetValueOrDefault(caller) >= Math.Min(capacityPerCaller, capacity - _taken))
            {
                return PlaceAnswer.ShareFull;
            }

            Add(caller);
            return PlaceAnswer.Taken;
        }
    }

    /// <summary>Takes a place even if there is none.</summary>
    public void Take(string? caller)
    {
        lock (_lock)
        {
            Add(caller);
        }
    }

    /// <summary>Gives a place back that was taken for the same caller.</summary>
    public void GiveBack(string? caller)
    {
        lock (_lock)
        {
            _taken--;
            if (caller is not null && --_byCaller[caller] == 0)
            {
                _byCaller.Remove(caller);
            }
        }
    }

    /// <summary>How many places a caller has, and how many callers have any.</summary>
    public (int Own, int Callers) CountOf(string caller)
    {
        lock (_lock)
        {
            return (_byCaller.GetValueOrDefault(caller), _byCaller.Count);
        }
    }

    private void Add(string? caller)
    {
        _taken++;
        if (caller is not null)
        {
            _byCaller[caller] = _byCaller.GetValueOrDefault(caller) + 1;
        }
    }
}
