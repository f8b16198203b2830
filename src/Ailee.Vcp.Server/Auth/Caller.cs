using Ailee.Vcp.Server.Dispatch;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Who sends a request.</summary>
/// <param name="Name">Of the key or the token's subject, for people to read.</param>
/// <param name="Tenant">Whose tasks, modules and bundles it works with.</param>
/// <param name="Scopes">What it may do, with what each scope brings along.</param>
internal sealed record Caller(string Name, string Tenant, Scope Scopes)
{
    /// <summary>Everybody, while the server takes calls without a key.</summary>
    public static Caller Local { get; } = new(Submitters.Local, Submitters.Local, Auth.Scopes.Expand(Scope.Admin));

    /// <summary>Id of the key; null without one.</summary>
    public string? Key { get; init; }

    /// <summary>What it may use.</summary>
    public KeyLimits Limits { get; init; } = KeyLimits.None;

    /// <summary>From when on it may nothing any more, as far as was known when it called; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Ends when it may nothing any more, some seconds later at most.</summary>
    public CancellationToken Ended { get; init; }

    /// <summary>What is left of its requests; null if nobody counts them.</summary>
    public RateBucket? Rate { get; init; }

    /// <summary>Who it is in the audit trail: a key's id and name, or what stands for it.</summary>
    public string Actor => Key is null ? Name : $"{Key} {Name}";

    /// <summary>Whether it may everything.</summary>
    public bool IsAdmin => Scopes.HasFlag(Scope.Admin);

    /// <summary>Whether it sees what is of every tenant.</summary>
    public bool SeesAll => Scopes.HasFlag(Scope.Audit);

    /// <summary>The tenant that lists are narrowed to; null for none.</summary>
    public string? OnlyTenant => SeesAll ? null : Tenant;
}

/// <summary>Limits of a key; null for the server's.</summary>
/// <param name="RequestsPerMinute">Requests.</param>
/// <param name="TasksInFlight">Undecided tasks of the tenant.</param>
/// <param name="GasPerDay">Gas of the tenant's tasks on a day of UTC.</param>
/// <param name="StoredBytes">Bytes of the tenant's modules and bundles, and of what is stored of its tasks.</param>
internal sealed record KeyLimits(long? RequestsPerMinute, long? TasksInFlight, long? GasPerDay, long? StoredBytes)
{
    /// <summary>The server's.</summary>
    public static KeyLimits None { get; } = new(null, null, null, null);
}

internal static class CallerExtensions
{
    /// <summary>Item of the request that is its <see cref="Auth.Caller"/>.</summary>
    public const string Item = "vcp.caller";

    // A timer takes at most 49 days; no answer goes on for so long.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    /// <summary>Who calls. Everybody's calls have none of their own and come as nobody.</summary>
    public static Caller Caller(this HttpContext context) => context.Items[Item] as Caller ?? Nobody;

    /// <summary>Who calls and from where, for the audit trail.</summary>
    public static Actor Actor(this HttpContext context) => new(context.Caller(), RemoteAddress.Of(context.Connection.RemoteIpAddress).ToText());

    /// <summary>Ends when the client is gone or may nothing any more: for answers that go on. What it holds goes with the answer.</summary>
    public static CancellationToken AbortedOrEnded(this HttpContext context, TimeProvider time)
    {
        var caller = context.Caller();
        if (caller.Until is null && !caller.Ended.CanBeCanceled)
        {
            return context.RequestAborted;
        }

        var left = caller.Until - time.GetUtcNow();
        var delay = left is not { } rest || rest > LongestTimer ? Timeout.InfiniteTimeSpan : rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        var over = new CancellationTokenSource(delay, time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, caller.Ended, over.Token);
        context.Response.RegisterForDispose(over);
        context.Response.RegisterForDispose(either);
        return either.Token;
    }

    private static Caller Nobody { get; } = new("nobody", string.Empty, Scope.None);
}
