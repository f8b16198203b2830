using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;

namespace Ailee.Vcp.Server.Proofs;

/// <summary>
/// Bounds the verifications at once, and so the bytes of bodies that they hold: a small one has no larger body than any call, and of
/// large ones each caller has one. Thread-safe.
/// </summary>
internal sealed class VerifyPlaces(TimeProvider time)
{
    /// <summary>Verifications at once with bodies that are no larger than those of other calls.</summary>
    public const int Small = 64;

    /// <summary>Verifications at once with larger bodies.</summary>
    public const int Large = 2;

    private readonly WorkPlaces _small = new(Small, Problems.VerifierBusy, time);
    private readonly WorkPlaces _large = new(Large, Problems.VerifierBusy, time);

    /// <summary>The places for a body of so many bytes.</summary>
    public WorkPlaces For(long bytes) => bytes <= ConnectionLimits.BodyBytes ? _small : _large;
}

/// <summary>The place of one verification, which moves when its body turns out to be large.</summary>
internal sealed class VerifyPlace(VerifyPlaces places, string? caller) : IDisposable
{
    private WorkPlaces? _place;

    /// <summary>Takes the place for a body of so many bytes, or of more.</summary>
    /// <returns>Why there is none, or null.</returns>
    public Problem? TryHold(long bytes)
    {
        var needed = places.For(bytes);
        if (_place == needed || (_place is not null && bytes <= ConnectionLimits.BodyBytes))
        {
            return null;
        }

        if (needed.TryTake(caller) is { } busy)
        {
            return busy;
        }

        _place?.GiveBack(caller);
        _place = needed;
        return null;
    }

    public void Dispose() => _place?.GiveBack(caller);
}
