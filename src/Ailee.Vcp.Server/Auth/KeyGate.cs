using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Lets in who has a key or a token that reaches far enough, and holds everybody to his rate. For servers that need keys.</summary>
internal sealed class KeyGate(ApiKeys keys, JwtCallers tokens, RateLimits rates, AuditTally tally, TimeProvider time)
{
    private const string Hint = "Send 'Authorization: Bearer <key>'.";
    private const string Nobody = "nobody";
    private const int MostMethodCharacters = 16;

    /// <summary>Why a request is turned away; null if it is not, and then it has its <see cref="Caller"/>.</summary>
    public ValueTask<Problem?> CheckAsync(HttpContext context)
    {
        var address = RemoteAddress.Of(context.Connection.RemoteIpAddress);
        if (IsOpen(context))
        {
            return new(rates.Take(address));
        }

        if (BearerOf(context.Request) is not { Length: > 0 } secret)
        {
            return new(rates.Take(address) ?? Problems.Unauthorized.Because(Hint));
        }

        // Before anything is computed for it.
        if (rates.CheckFailures(address) is { } tooMany)
        {
            return new(tooMany);
        }

        if (!secret.StartsWith(ApiKeySecret.Prefix, StringComparison.Ordinal))
        {
            return tokens.AreTaken ? CheckTokenAsync(context, secret, address) : new(Fail(Problems.Unauthorized.Because(Hint), Nobody, address));
        }

        return keys.Identify(secret, out var problem, out var key) is { } caller
            ? new(Admit(context, caller, address))
            : new(Fail(problem!, key is null ? Nobody : $"{key.Id} {key.Name}", address));
    }

    /// <summary>Whether everybody may call. The pages of Swagger UI hold no data, and a browser cannot send a key with them; what they call needs one.</summary>
    public static bool IsOpen(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/swagger") || context.GetEndpoint()?.Metadata.GetMetadata<AllowedWithoutKey>() is not null;

    /// <summary>What a request sends as its key or token; null for nothing.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    // A caller may send any word as a method, also a long one; what of it is kept, is for years.
    private static string MethodOf(HttpRequest request) => request.Method.Length <= MostMethodCharacters ? request.Method : "other";

    private async ValueTask<Problem?> CheckTokenAsync(HttpContext context, string token, RemoteAddress address)
    {
        var (caller, problem) = await tokens.IdentifyAsync(token, context.RequestAborted);
        return caller is not null ? Admit(context, caller, address)
            : problem!.Kind.Status == StatusCodes.Status401Unauthorized ? Fail(problem, Nobody, address)
            : problem;
    }

    private Problem? Admit(HttpContext context, Caller caller, RemoteAddress address)
    {
        context.Items[CallerExtensions.Item] = caller;
        if (rates.Take(caller) is { } tooMany)
        {
            return tooMany;
        }

        // That a path or a method is not there is told to everybody who has a key.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return null;
        }

        var needed = endpoint.Metadata.GetMetadata<NeededScope>()?.AnyOf ?? Scope.Admin;
        if ((caller.Scopes & needed) != Scope.None)
        {
            if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
            {
                context.Request.Body = new CallersBody(context.Request.Body, () => CheckStill(caller, address));
            }

            return null;
        }

        tally.Add(AuditKinds.AuthDenied, caller.Actor, address, $"{MethodOf(context.Request)} {endpoint.RoutePattern.RawText}");
        return Problems.ScopeMissing.Because(
            $"{caller.Key ?? caller.Name} needs the scope {string.Join(" or ", Scopes.Format(needed))}; it has {(caller.Scopes == Scope.None ? "none" : string.Join(", ", Scopes.Format(caller.Scopes)))}.");
    }

    private Problem? CheckStill(Caller caller, RemoteAddress address)
    {
        var problem = caller.Key is { } key ? keys.Check(key)
            : caller.Until <= time.GetUtcNow() ? Problems.TokenInvalid.Because("It is over.")
            : null;
        return problem is null ? null : Fail(problem, caller.Actor, address);
    }

    private Problem Fail(Problem problem, string actor, RemoteAddress address)
    {
        rates.Fail(address);
        var kind = problem.Kind == Problems.KeyExpired ? AuditKinds.AuthExpired : problem.Kind == Problems.KeyRevoked ? AuditKinds.AuthRevoked : AuditKinds.AuthFailed;
        tally.Add(kind, actor, address, null);
        return problem;
    }
}
