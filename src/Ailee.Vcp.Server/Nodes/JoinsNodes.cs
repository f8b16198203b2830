namespace Ailee.Vcp.Server.Nodes;

/// <summary>Marks a call by which a node makes itself known: it has no session yet.</summary>
internal sealed class JoinsNodes
{
    /// <summary>The only one there needs to be.</summary>
    public static JoinsNodes Mark { get; } = new();
}

internal static class JoinsNodesExtensions
{
    /// <summary>Nodes call it before they have a session.</summary>
    public static RouteHandlerBuilder ForJoining(this RouteHandlerBuilder call) => call.WithMetadata(JoinsNodes.Mark);
}
