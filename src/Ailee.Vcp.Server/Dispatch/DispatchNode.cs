using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>What the dispatcher knows of a node.</summary>
/// <param name="Id">The node.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Architecture">Its processor architecture.</param>
/// <param name="MemoryBytes">Linear memory that it gives one guest.</param>
/// <param name="Slots">Guests that it runs at once.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Health">0 to 1.</param>
/// <param name="Reputation">0 to 1.</param>
/// <param name="LatencyMs">Null if it was not measured.</param>
/// <param name="Accepts">Whether it may get leases at all.</param>
internal sealed record DispatchNode(
    NodeId Id,
    OwnerId Owner,
    string Architecture,
    long MemoryBytes,
    int Slots,
    IReadOnlyDictionary<string, string> Labels,
    double Health,
    double Reputation,
    double? LatencyMs,
    bool Accepts);
