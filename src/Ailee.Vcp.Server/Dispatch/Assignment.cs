using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A task given to a node, which has no lease yet.</summary>
/// <param name="Task">The task.</param>
/// <param name="Node">The node.</param>
/// <param name="Ranking">The best candidates at the moment of the choice, at most five, the chosen one first.</param>
internal sealed record Assignment(TaskId Task, NodeId Node, IReadOnlyList<RankedCandidate> Ranking)
{
    /// <summary>As the demand has it.</summary>
    public string Purpose { get; init; } = "run";

    /// <summary>As the demand has it.</summary>
    public long? Price { get; init; }

    /// <summary>The node's owner.</summary>
    public required OwnerId Owner { get; init; }

    /// <summary>Which version of the task's demand it is from.</summary>
    public long Revision { get; init; }

    /// <summary>Whether the node's owner was not excluded before, which makes it so only because of this.</summary>
    public bool ExcludesOwner { get; init; }
}

/// <summary>A node as it was when a choice was made.</summary>
/// <param name="Node">The node.</param>
/// <param name="Strategy">How the choice was made.</param>
/// <param name="Waited">True if the task waited for a node, false if nodes waited for a task.</param>
/// <param name="Health">0 to 1.</param>
/// <param name="Reputation">0 to 1.</param>
/// <param name="Slots">Guests that it runs at once.</param>
/// <param name="Outstanding">Leases that it had.</param>
/// <param name="LatencyMs">Null if it was not measured.</param>
/// <param name="LastGrant">The number of its latest assignment; 0 before the first.</param>
/// <param name="Lead">How many tasks it had got beyond its share by weight.</param>
internal sealed record RankedCandidate(NodeId Node, SelectionStrategy Strategy, bool Waited, double Health, double Reputation, int Slots, int Outstanding, double? LatencyMs, long LastGrant, double Lead)
{
    /// <summary>What it bid, in micro-credits for 10^6 gas; null unless there was an auction.</summary>
    public long? Price { get; init; }
}
