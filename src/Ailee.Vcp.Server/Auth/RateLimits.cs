using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Holds callers to their rates. Thread-safe.</summary>
internal sealed class RateLimits(IOptions<RateLimitOptions> options, TimeProvider time)
{
    private const int MostCallers = 65_536;

    private readonly RateLimitOptions _options = options.Value;
    private readonly RateBuckets<RemoteAddress> _anonymous = new(MostCallers, time);
    private readonly RateBuckets<RemoteAddress> _failures = new(MostCallers, time);
    private readonly RateBuckets<NodeId> _nodes = new(MostCallers, time);
    private readonly RateBuckets<string> _subjects = new(MostCallers, time);

    /// <summary>What is left of the requests of a token's subject.</summary>
    public RateBucket OfSubject(string subject) => _subjects.Of(subject);

    /// <summary>A request of somebody who is known. Null, or why it comes too soon.</summary>
    public Problem? Take(Caller caller) =>
        caller.Rate is null ? null : Take(caller.Rate, caller.Limits.RequestsPerMinute ?? _options.KeyRequestsPerMinute, "The caller's requests of this minute are used.");

    /// <summary>A request without a key. Null, or why it comes too soon.</summary>
    public Problem? Take(RemoteAddress address) =>
        Take(_anonymous.Of(address), _options.AnonymousRequestsPerMinute, "This address's requests without a key are used for this minute.");

    /// <summary>A call of a node. Null, or why it comes too soon.</summary>
    public Problem? Take(NodeId node) => Take(_nodes.Of(node), _options.NodeRequestsPerMinute, "The node's calls of this minute are used.");

    /// <summary>Why an address may try no key now; null if it may.</summary>
    public Problem? CheckFailures(RemoteAddress address) =>
        Refuse(_failures.Find(address)?.Look(_options.FailuresPerMinute, time.GetTimestamp(), time.TimestampFrequency), "Too many keys of this address were refused.");

    /// <summary>A key of an address was refused.</summary>
    public void Fail(RemoteAddress address) => _failures.Of(address).TryTake(_options.FailuresPerMinute, time.GetTimestamp(), time.TimestampFrequency);

    private Problem? Take(RateBucket bucket, long perMinute, string why) => Refuse(bucket.TryTake(perMinute, time.GetTimestamp(), time.TimestampFrequency), why);

    private static Problem? Refuse(int? seconds, string why) => seconds is null ? null : Problems.RateExceeded.Because(why) with { RetryAfterSeconds = seconds };
}
