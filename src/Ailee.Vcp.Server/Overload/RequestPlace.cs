using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Overload;

/// <summary>The place of one request, which moves when it begins to wait.</summary>
internal sealed class RequestPlace(RequestPlaces places, RequestKind kind, string? caller) : IDisposable
{
    private RequestKind _kind = kind;

    /// <summary>The request does nothing from now on but wait: its place is free for others, if it finds one among those that wait.</summary>
    /// <returns>Why it finds none, or null.</returns>
    public Problem? TryWait()
    {
        if (_kind != RequestKind.Client)
        {
            return null;
        }

        if (places.TryTake(RequestKind.Waiting, caller) is { } problem)
        {
            return problem;
        }

        places.GiveBack(RequestKind.Client, caller);
        _kind = RequestKind.Waiting;
        return null;
    }

    public void Dispose() => places.GiveBack(_kind, caller);
}

internal static class RequestPlaceExtensions
{
    /// <summary>To be called before the answer is held back.</summary>
    /// <returns>Why it cannot be, or null.</returns>
    public static Problem? TryWait(this HttpContext context) => context.Features.Get<RequestPlace>()?.TryWait();
}
