using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>What heartbeats need of leases. Called for each heartbeat, several at once: it answers from memory.</summary>
internal interface ILeases
{
    /// <summary>Renews those leases that the node holds and that have not ended.</summary>
    /// <param name="node">The node.</param>
    /// <param name="leases">What it says that it holds; may be empty, may name anything.</param>
    /// <returns>Those of them that have ended or were never its own; their results are not wanted.</returns>
    IReadOnlyList<Guid> Renew(NodeId node, IReadOnlyList<Guid> leases);
}
