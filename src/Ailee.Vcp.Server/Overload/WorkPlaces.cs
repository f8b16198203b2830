using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Places for calls that each take much, of one caller never more than are still free (<see cref="FairPlaces"/>). Who finds none is told
/// when to come again. Thread-safe.
/// </summary>
/// <param name="capacity">All places.</param>
/// <param name="busy">What those are told that find none.</param>
/// <param name="time">Measures how many are done.</param>
internal sealed class WorkPlaces(int capacity, ProblemKind busy, TimeProvider time)
{
    private readonly FairPlaces _places = new(capacity, capacity);
    private readonly RateMeter _ended = new(time);

    /// <summary>All places.</summary>
    public int Capacity => capacity;

    /// <summary>Takes a place.</summary>
    /// <param name="caller">Whose share of them; null for somebody who has all to himself.</param>
    /// <returns>Why there is none, or null.</returns>
    public Problem? TryTake(string? caller) => _places.TryTake(caller) switch
    {
        PlaceAnswer.Taken => null,
        PlaceAnswer.Full => Refuse("Others have every place."),
        _ => Refuse("Other callers have a right to the places that are left."),
    };

    /// <summary>Gives back a place that was taken for the same caller.</summary>
    public void GiveBack(string? caller)
    {
        _places.GiveBack(caller);
        _ended.Count();
    }

    /// <summary>Whose share a caller's work is of; null while no key is needed.</summary>
    public static string? ShareOf(Caller caller) => caller.Tenant is { Length: > 0 } tenant && tenant != Submitters.Local ? tenant : null;

    private Problem Refuse(string detail) => busy.Because(detail) with { RetryAfterSeconds = RetryTime.Seconds(_places.Taken, _ended.PerSecond()) };
}
