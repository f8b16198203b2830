namespace Ailee.Vcp.Server.Auth;

/// <summary>What a call needs, any one of them. A call without it needs <see cref="Scope.Admin"/>.</summary>
internal sealed record NeededScope(Scope AnyOf);

internal static class NeededScopeExtensions
{
    /// <summary>Lets callers with any of the scopes call it, or all calls of the group that say nothing themselves.</summary>
    public static T Needs<T>(this T calls, Scope anyOf)
        where T : IEndpointConventionBuilder => calls.WithMetadata(new NeededScope(anyOf));
}
