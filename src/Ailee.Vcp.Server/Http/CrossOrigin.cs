using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Lets scripts of configured origins call and read answers (the Fetch standard's CORS protocol). All others are told nothing, and
/// credentials that a browser adds by itself are never asked for: a script sends its key.
/// </summary>
internal sealed class CrossOrigin(RequestDelegate next, IOptions<HttpOptions> options)
{
    private const string Methods = "GET, HEAD, POST, PUT, DELETE";
    private const string RequestHeaders = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Last-Event-ID, Prefer, Range";
    private const string AnswerHeaders = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Location, Preference-Applied, Retry-After, WWW-Authenticate";

    // Browsers ask again then.
    private const string MaxAgeSeconds = "600";

    private readonly HashSet<string> _origins = new(options.Value.Origins, StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context)
    {
        if (_origins.Count == 0)
        {
            return next(context);
        }

        var origin = context.Request.Headers.Origin.ToString();
        var isKnown = _origins.Contains(origin);
        if (isKnown && HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.AccessControlRequestMethod.Count > 0)
        {
            Set(context, origin);
            var headers = context.Response.Headers;
            headers.AccessControlAllowMethods = Methods;
            headers.AccessControlAllowHeaders = RequestHeaders;
            headers.AccessControlMaxAge = MaxAgeSeconds;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        context.Response.OnStarting(() =>
        {
            Set(context, isKnown ? origin : null);
            return Task.CompletedTask;
        });
        return next(context);
    }

    // Caches must know that it depends on who asks, also when the answer is nothing.
    private static void Set(HttpContext context, string? origin)
    {
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        if (origin is not null)
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = AnswerHeaders;
        }
    }
}

internal static class BrowserRules
{
    /// <summary>What browsers are told. Before all else, so that errors tell it too.</summary>
    public static IApplicationBuilder UseBrowserRules(this IApplicationBuilder app) => app.UseMiddleware<SecurityHeaders>().UseMiddleware<CrossOrigin>();
}
