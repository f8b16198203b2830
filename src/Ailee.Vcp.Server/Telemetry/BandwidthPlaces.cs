namespace Ailee.Vcp.Server.Telemetry;

/// <summary>
/// How many nodes' bandwidth is measured at once: they share the server's own, and after its restart all of them are due. Thread-safe.
/// </summary>
internal sealed class BandwidthPlaces
{
    private const int Places = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, TimeSpan> _taken = [];

    /// <summary>Takes a place for a probe until it is given back or over.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="at">Now.</param>
    /// <param name="until">When it is over.</param>
    public bool TryTake(Guid probe, TimeSpan at, TimeSpan until)
    {
        lock (_lock)
        {
            if (_taken.Count == Places)
            {
                foreach (var over in _taken.Where(taken => at >= taken.Value).Select(taken => taken.Key).ToList())
                {
                    _taken.Remove(over);
                }
            }

            return _taken.Count < Places && _taken.TryAdd(probe, until);
        }
    }

    /// <summary>Gives a place back.</summary>
    public void GiveBack(Guid probe)
    {
        lock (_lock)
        {
            _taken.Remove(probe);
        }
    }
}
