namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Tells requests that somebody else makes through this machine's browser or proxy. Browsers name the origin of scripts, and with
/// <c>Sec-Fetch-Site</c>, which no page can set, also that of what asks for images, scripts and frames. A proxy that adds nothing and keeps
/// the host cannot be told from a client.
/// </summary>
internal static class ForeignCalls
{
    // What common proxies and content networks add.
    private static readonly HashSet<string> ProxyHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "X-Cluster-Client-IP", "CF-Connecting-IP", "CF-Ray",
        "Fastly-Client-IP", "X-ProxyUser-Ip", "X-Envoy-External-Address", "X-Amzn-Trace-Id", "X-Host", "X-Rewrite-URL", "Proxy-Connection", "Proxy-Authorization",
    };

    // ASPNETCORE_FORWARDEDHEADERS_ENABLED puts a middleware before this one that renames X-Forwarded-… to X-Original-….
    private static readonly string[] ProxyPrefixes = ["X-Forwarded-", "X-Original-"];

    /// <summary>Whether a proxy sent it. HTTP/1.0 is what proxies speak by default that tell nothing of themselves.</summary>
    public static bool IsOfProxy(HttpRequest request) =>
        HttpProtocol.IsHttp10(request.Protocol)
        || request.Headers.Keys.Any(name => ProxyHeaders.Contains(name) || ProxyPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether a page of another origin made it. Following a link to Swagger UI, which holds no data, is not that.</summary>
    public static bool IsOfOtherPage(HttpRequest request)
    {
        var (origin, site) = (request.Headers.Origin, request.Headers["Sec-Fetch-Site"]);
        return (origin.Count > 0 && origin != $"{request.Scheme}://{request.Host}")
            || (site.Count > 0 && site != "same-origin" && site != "none" && !IsLinkToPages(request));
    }

    private static bool IsLinkToPages(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Path.StartsWithSegments("/swagger")
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";
}
