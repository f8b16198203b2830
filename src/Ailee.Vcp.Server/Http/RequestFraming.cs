using Microsoft.Net.Http.Headers;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Refuses requests with both a Transfer-Encoding and a Content-Length, or with another encoding than <c>chunked</c>, and closes the
/// connection (RFC 9112 §6.1): if a proxy in front read the body otherwise, what follows is somebody's body and not a request.
/// </summary>
internal static class RequestFraming
{
    // Kestrel believes the encoding, and keeps the length under this name.
    private const string KeptLength = "X-Content-Length";

    public static IApplicationBuilder UseRequestFraming(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (Fault(context.Request.Headers) is not { } fault)
        {
            return next(context);
        }

        context.Response.Headers.Connection = "close";
        return context.WriteAsync(Problems.MalformedRequest.Because(fault));
    });

    private static string? Fault(IHeaderDictionary headers) =>
        !headers.TryGetValue(HeaderNames.TransferEncoding, out var encodings) ? null
        : headers.ContainsKey(KeptLength) || headers.ContainsKey(HeaderNames.ContentLength) ? "A request has a Transfer-Encoding or a Content-Length, not both."
        : encodings is not [{ } encoding] || !encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? "The only Transfer-Encoding is chunked, once."
        : null;
}
