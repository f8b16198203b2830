using Microsoft.Net.Http.Headers;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Refuses requests with both a Transfer-Encoding and a Content-Length, and closes the connection (RFC 9112 §6.1): if a proxy in front
/// believed the length, what follows is somebody's body and not a request.
/// </summary>
internal static class RequestFraming
{
    // Kestrel believes the encoding, and keeps the length under this name.
    private const string KeptLength = "X-Content-Length";

    public static IApplicationBuilder UseRequestFraming(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Request.Headers;
        if (!headers.ContainsKey(HeaderNames.TransferEncoding) || !(headers.ContainsKey(KeptLength) || headers.ContainsKey(HeaderNames.ContentLength)))
        {
            return next(context);
        }

        context.Response.Headers.Connection = "close";
        return context.WriteAsync(Problems.MalformedRequest.Because("A request has a Transfer-Encoding or a Content-Length, not both."));
    });
}
