using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Lets in as many requests as can be served in good time, and refuses the others before their bodies are read. New work is refused
/// first; results of nodes are not, so that what was accepted is completed; health has no limit here.
/// </summary>
internal sealed class RequestGate(RequestDelegate next, RequestPlaces places, WorkIntake intake, OverloadMetrics metrics)
{
    /// <summary>Whom a request is of; null while no key is needed.</summary>
    public static string? CallerName(HttpContext context) => WorkPlaces.ShareOf(context.Caller());

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        var (kind, caller) = Of(context);
        var problem = intake.Check(context, caller) ?? places.TryTake(kind, caller);
        if (problem is not null)
        {
            metrics.Refused(problem.Kind.Code);
            await context.WriteAsync(problem);
            return;
        }

        using var place = new RequestPlace(places, kind, caller);
        context.Features.Set(place);
        await next(context);
        if (context.Response.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && context.Features.Get<Problem>() is { } refusal)
        {
            metrics.Refused(refusal.Kind.Code);
        }
    }

    private static (RequestKind Kind, string? Caller) Of(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        return metadata?.GetMetadata<NeedsNodeSession>() is not null || metadata?.GetMetadata<JoinsNodes>() is not null ? (RequestKind.Node, null)
            : IsPublic(context.Request.Path) ? (RequestKind.Public, AddressOf(context))
            : (RequestKind.Client, CallerName(context));
    }

    private static bool IsPublic(PathString path) =>
        path.StartsWithSegments("/api/v1/log") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/swagger");

    // Nobody on this machine keeps others from it.
    private static string? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && !System.Net.IPAddress.IsLoopback(address) ? address.ToString() : null;
}
