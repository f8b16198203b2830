using Ailee.Vcp.Server.Tls;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Http;

/// <summary>What browsers are told with every answer: nothing of it is a page but those of Swagger UI, and those load only what is theirs.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, IOptions<TlsOptions> tls)
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    // Swagger UI sets styles by script, and its icons are data.
    private const string Pages =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly string? _hsts = tls.Value.HstsSeconds > 0 ? $"max-age={tls.Value.HstsSeconds}" : null;

    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment: an answer that is begun anew, as for an error, has lost its headers.
        context.Response.OnStarting(Set, context);
        return next(context);
    }

    private Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger") ? Pages : Nothing;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (_hsts is not null && context.Request.IsHttps && !Loopback.IsName(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = _hsts;
        }

        return Task.CompletedTask;
    }
}
