namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// Marks a call of nodes: it needs the token of a node's session, on any address, and no API key opens it. The node is then the request's
/// item <see cref="AccessMiddleware.NodeItem"/>; if the path has an <c>{id}</c>, it is that node's.
/// </summary>
internal sealed class NeedsNodeSession
{
    /// <summary>The only one there needs to be.</summary>
    public static NeedsNodeSession Mark { get; } = new();
}

internal static class NeedsNodeSessionExtensions
{
    /// <summary>Lets only nodes call it.</summary>
    public static RouteHandlerBuilder ForNodes(this RouteHandlerBuilder call) => call.WithMetadata(NeedsNodeSession.Mark);

    /// <summary>The node that calls.</summary>
    public static Core.NodeId CallingNode(this HttpContext context) => (Core.NodeId)context.Items[AccessMiddleware.NodeItem]!;
}
