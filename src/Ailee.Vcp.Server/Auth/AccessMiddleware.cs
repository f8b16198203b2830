using System.Net;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// Who may call. While every bound address is loopback no key is needed, but the request must come from this machine and not by
/// way of a web page of another origin (DNS rebinding) or of a proxy. On any other address every call needs a key, but for those
/// that read the log. A call of a node needs its session's token on every address, and that token opens nothing else.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, IServer server, IHostApplicationLifetime lifetime, KeyGate keys, RateLimits rates, NodeSessions sessions, TenantGate tenants)
{
    /// <summary>Item of the request that is the <see cref="NodeId"/> of the node whose session it is of.</summary>
    public const string NodeItem = "vcp.node";

    private bool? _keyless;

    public async Task InvokeAsync(HttpContext context)
    {
        // Health answers before anything else: orchestrators of containers ask without keys and under any host name.
        if (context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        _keyless ??= await IsLoopbackOnlyAsync(context.RequestAborted);
        var problem = _keyless.Value ? CheckLocal(context.Request) : null;
        problem ??= context.GetEndpoint()?.Metadata.GetMetadata<NeedsNodeSession>() is not null ? CheckSession(context, _keyless.Value)
            : IsNoCall(context) && IsOfSession(context) ? null
            : _keyless.Value ? CheckNoSession(context)
            : await keys.CheckAsync(context);
        problem ??= tenants.Check(context);
        if (problem is not null)
        {
            await RefuseAsync(context, problem);
            return;
        }

        try
        {
            await next(context);
        }
        catch (CallerEndedException ended) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await RefuseAsync(context, ended.Problem);
        }
    }

    /// <summary>Whether nobody but this machine can reach any of the addresses.</summary>
    public static bool IsLoopbackOnly(ICollection<string> addresses) => addresses.Count > 0 && addresses.All(IsLoopback);

    // The server answers on its first address before it has bound the last: all of them are known only once it has started.
    private async Task<bool> IsLoopbackOnlyAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
        return IsLoopbackOnly(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
    }

    private static bool IsLoopback(string address)
    {
        var parsed = BindingAddress.Parse(address);
        return !parsed.IsUnixPipe && (parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(parsed.Host, out var ip) && IPAddress.IsLoopback(ip)));
    }

    private static Task RefuseAsync(HttpContext context, Problem problem)
    {
        if (problem.Kind.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return context.WriteAsync(problem);
    }

    private static Problem? CheckLocal(HttpRequest request)
    {
        if (!Loopback.IsName(request.Host.Host))
        {
            return Problems.ForbiddenHost.Because("Without API keys the host must be localhost, 127.0.0.1 or [::1].");
        }

        if (ForeignCalls.IsOfProxy(request))
        {
            return Problems.ForbiddenProxy.Because("A proxy in front of this server needs it to use API keys: bind it to an address beyond loopback.");
        }

        return ForeignCalls.IsOfOtherPage(request) ? Problems.ForbiddenOrigin.Because("The page that sent this is of another origin.") : null;
    }

    private Problem? CheckSession(HttpContext context, bool keyless)
    {
        if (KeyGate.BearerOf(context.Request) is not { } token || sessions.Identify(token) is not { } node)
        {
            return (keyless ? null : rates.Take(RemoteAddress.Of(context.Connection.RemoteIpAddress)))
                ?? Problems.SessionEnded.Because("Start a session: send 'Authorization: Bearer <its token>'.");
        }

        context.Items[NodeItem] = node;
        return context.GetRouteValue("id") is string id && id != node.ToString() ? Problems.NotYourNode.Because($"The session is of the node {node}.")
            : keyless ? null
            : rates.Take(node);
    }

    // No such path, or not this method or media type: who has a session is told so, as who has a key is. Nothing is opened.
    private static bool IsNoCall(HttpContext context) => context.GetEndpoint() is not RouteEndpoint && !KeyGate.IsOpen(context);

    private bool IsOfSession(HttpContext context) => KeyGate.BearerOf(context.Request) is { } token && sessions.Identify(token) is not null;

    // Where no key is needed, a node's token must not look as if it were one.
    private static Problem? CheckNoSession(HttpContext context)
    {
        context.Items[CallerExtensions.Item] = Caller.Local;
        return !KeyGate.IsOpen(context) && KeyGate.BearerOf(context.Request)?.StartsWith(NodeSessionService.TokenPrefix, StringComparison.Ordinal) is true
            ? Problems.Unauthorized.Because("The token of a node's session is good for the node's own calls only.")
            : null;
    }
}
