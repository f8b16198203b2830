using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Reputation;

/// <summary>What an event came to, to be told once it is committed.</summary>
/// <param name="Node">Whose it is.</param>
/// <param name="Event">Its number in the history of all nodes: of two changes the one with the higher number is the newer.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Reputation">The reputation after it.</param>
/// <param name="Confirmed">Confirmed results after it.</param>
/// <param name="Strikes">Strikes that count now, if it is one; else 0.</param>
internal sealed record ReputationChange(NodeId Node, long Event, ReputationEventKind Kind, NodeReputation Reputation, long Confirmed, int Strikes)
{
    /// <summary>Why the node is quarantined by it; null if it is not.</summary>
    public string? Quarantine { get; init; }
}
