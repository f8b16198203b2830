using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Http;

/// <summary>Holds connections to <see cref="HttpOptions"/>, before any request of theirs is looked at.</summary>
internal static class ConnectionLimits
{
    /// <summary>Longest body of a call that says nothing else. Unit: bytes.</summary>
    public const long BodyBytes = 1024 * 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Apply(KestrelServerOptions kestrel)
    {
        var options = kestrel.ApplicationServices.GetRequiredService<IOptions<HttpOptions>>().Value;
        var (limits, rate) = (kestrel.Limits, options.BytesPerSecond == 0 ? null : new MinDataRate(options.BytesPerSecond, Grace));
        kestrel.AddServerHeader = false;
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxConcurrentConnections = options.Connections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestHeadersTotalSize = options.HeaderBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(options.HeadersTimeoutMs);
        limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(options.IdleTimeoutMs);
        limits.MinRequestBodyDataRate = rate;
        limits.MinResponseDataRate = rate;
        limits.Http2.MaxStreamsPerConnection = options.StreamsPerConnection;
        // One header can have no more than all of them.
        limits.Http2.MaxRequestHeaderFieldSize = Math.Min(limits.Http2.MaxRequestHeaderFieldSize, options.HeaderBytes);
    }
}
