namespace Ailee.Vcp.Server.Dispatch;

/// <summary>Places for undecided tasks: so many in all, and so many of one submitter, so that none can fill them alone.</summary>
internal sealed class TaskPlaces(int capacity, int capacityPerSubmitter)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _bySubmitter = [];
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public bool TryTake(string submitter)
    {
        lock (_lock)
        {
            // Without keys there is one submitter, who may fill it.
            if (_open >= capacity || (submitter != Submitters.Local && _bySubmitter.GetValueOrDefault(submitter) >= capacityPerSubmitter))
            {
                return false;
            }

            Add(submitter);
            return true;
        }
    }

    public void Take(string submitter)
    {
        lock (_lock)
        {
            Add(submitter);
        }
    }

    public void GiveBack(string submitter)
    {
        lock (_lock)
        {
            _open--;
            if (--_bySubmitter[submitter] == 0)
            {
                _bySubmitter.Remove(submitter);
            }
        }
    }

    private void Add(string submitter)
    {
        _open++;
        _bySubmitter[submitter] = _bySubmitter.GetValueOrDefault(submitter) + 1;
    }
}

/// <summary>Names of submitters that are not those of keys.</summary>
internal static class Submitters
{
    /// <summary>Everybody, while the server takes calls without a key.</summary>
    public const string Local = "local";
}
