namespace Ailee.Vcp.Core.Nodes;

/// <summary>What a node's place in a ranking is worked out from: only what is its own, so that an ordered index can hold it.</summary>
public readonly record struct Candidate
{
    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Range 0 to 1.</summary>
    public required double Health { get; init; }

    /// <summary>Range 0 to 1.</summary>
    public required double Reputation { get; init; }

    /// <summary>Guests that it runs at once; less than 1 counts as 1.</summary>
    public required int Slots { get; init; }

    /// <summary>Leases that it holds.</summary>
    public required int Outstanding { get; init; }

    /// <summary>Null is unknown. Unit: milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Its bid, not negative; null if it made none. Unit: micro-credits for 10^6 gas.</summary>
    public long? Price { get; init; }

    /// <summary>Tasks given to it beyond its share (docs/design/nodes.md).</summary>
    public long Given { get; init; }

    /// <summary>Number of the assignment that it last got, counted over all nodes; 0 if it never got one.</summary>
    public long Turn { get; init; }
}
