namespace Ailee.Vcp.Core.Nodes;

/// <summary>Which limits a node is beyond, or was until lately. In safe mode while there is one.</summary>
/// <param name="Breaches">By the order of <see cref="SafetyReading"/>'s members, at most one each.</param>
public sealed record SafetyState(IReadOnlyList<SafetyBreach> Breaches)
{
    /// <summary>Nothing is wrong.</summary>
    public static SafetyState Normal { get; } = new([]);

    /// <summary>Whether the node gets no new leases.</summary>
    public bool IsSafeMode => Breaches.Count > 0;

    /// <summary>Why, each a sentence; none if nothing is wrong.</summary>
    public IReadOnlyList<string> Reasons => [.. Breaches.Select(breach => breach.Reason)];
}

/// <summary>A limit that a node is beyond, or was until lately.</summary>
/// <param name="Name">What is limited: <c>temperature</c>, <c>latency</c>, <c>errors</c>, <c>power</c> or <c>battery</c>.</param>
/// <param name="Since">When it began.</param>
/// <param name="KnownAt">When the value was last known.</param>
/// <param name="CalmSince">Since when the value is back by the margin; null while it is not.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record SafetyBreach(string Name, DateTimeOffset Since, DateTimeOffset KnownAt, DateTimeOffset? CalmSince, string Reason);
