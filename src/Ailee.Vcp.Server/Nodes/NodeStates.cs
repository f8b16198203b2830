namespace Ailee.Vcp.Server.Nodes;

/// <summary>Where a node stands by a person's or the server's decision; stored.</summary>
internal static class NodeStandings
{
    public const string Active = "active";

    /// <summary>No new leases; what it has is finished.</summary>
    public const string Draining = "draining";

    /// <summary>No new leases, and those that run do not count.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>For ever. Its statements stay valid.</summary>
    public const string Removed = "removed";
}

/// <summary>The states of a node as the API shows them, in the order in which the first that is so is shown.</summary>
internal static class NodeStates
{
    public const string Removed = NodeStandings.Removed;
    public const string Quarantined = NodeStandings.Quarantined;
    public const string Draining = NodeStandings.Draining;
    public const string Offline = "offline";
    public const string Incompatible = "incompatible";
    public const string SafeMode = "safe-mode";
    public const string Online = "online";

    public static IReadOnlyList<string> All { get; } = [Removed, Quarantined, Draining, Offline, Incompatible, SafeMode, Online];
}
