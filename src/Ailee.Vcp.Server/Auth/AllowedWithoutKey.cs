namespace Ailee.Vcp.Server.Auth;

/// <summary>Marks a call that needs no key on any address: it shows or takes what is public.</summary>
internal sealed class AllowedWithoutKey
{
    /// <summary>The only one there needs to be.</summary>
    public static AllowedWithoutKey Mark { get; } = new();
}

internal static class AllowedWithoutKeyExtensions
{
    /// <summary>Lets everybody call it.</summary>
    public static RouteHandlerBuilder AllowWithoutKey(this RouteHandlerBuilder call) => call.WithMetadata(AllowedWithoutKey.Mark);
}
