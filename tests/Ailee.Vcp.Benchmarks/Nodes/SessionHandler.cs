using System.Net.Http.Headers;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>The connections of one node, as <c>vcp node run</c> makes them. It remembers with which session the node called last.</summary>
internal sealed class SessionHandler(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    /// <summary>The session; null before the first.</summary>
    public AuthenticationHeaderValue? Session { get; private set; }

    /// <summary>Connections of their own.</summary>
    public static SocketsHttpHandler Connect() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Session = request.Headers.Authorization ?? Session;
        return base.SendAsync(request, cancellationToken);
    }
}
