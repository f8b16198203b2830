using Ailee.Vcp.Server.Http;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Overload;

/// <summary>Whom a request is of, as far as limits go: none of them can use up the places of another.</summary>
internal enum RequestKind
{
    /// <summary>Of a client.</summary>
    Client,

    /// <summary>Of a client, and waits for something to happen.</summary>
    Waiting,

    /// <summary>Of a node.</summary>
    Node,

    /// <summary>Of anybody: the log, metrics and pages.</summary>
    Public,
}

/// <summary>The requests that are under way. Thread-safe.</summary>
internal sealed class RequestPlaces(IOptions<OverloadOptions> options, TimeProvider time)
{
    private readonly FairPlaces[] _places =
    [
        new(options.Value.Requests, options.Value.RequestsPerCaller),
        new(options.Value.WaitingRequests, options.Value.WaitingRequestsPerCaller),
        new(options.Value.NodeRequests, options.Value.NodeRequests),
        new(options.Value.PublicRequests, options.Value.PublicRequests),
    ];

    private readonly RateMeter[] _ended = [.. Enum.GetValues<RequestKind>().Select(_ => new RateMeter(time))];

    /// <summary>Requests of a kind.</summary>
    public int Count(RequestKind kind) => _places[(int)kind].Taken;

    /// <summary>Whether a caller has requests of a kind under way.</summary>
    public bool HasAny(RequestKind kind, string caller) => _places[(int)kind].CountOf(caller).Own > 0;

    /// <summary>Takes a place.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="caller">Whose share of it; null for nobody's.</param>
    /// <returns>Why there is none, or null.</returns>
    public Problem? TryTake(RequestKind kind, string? caller) => _places[(int)kind].TryTake(caller) switch
    {
        PlaceAnswer.Taken => null,
        PlaceAnswer.Full => Problems.Overloaded.Because("Too many requests are under way.") with { RetryAfterSeconds = RetryAfterSeconds(kind) },
        _ => Problems.TooManyRequests.Because("Other callers have a right to the places that are left.") with { RetryAfterSeconds = RetryAfterSeconds(kind) },
    };

    /// <summary>Gives a place back.</summary>
    public void GiveBack(RequestKind kind, string? caller)
    {
        _places[(int)kind].GiveBack(caller);
        _ended[(int)kind].Count();
    }

    private int RetryAfterSeconds(RequestKind kind) => RetryTime.Seconds(Count(kind), _ended[(int)kind].PerSecond());
}
