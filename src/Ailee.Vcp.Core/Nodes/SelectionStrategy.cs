namespace Ailee.Vcp.Core.Nodes;

/// <summary>How a node is chosen for a task among those that may have it.</summary>
public enum SelectionStrategy
{
    /// <summary>By health, reputation and free slots, shared out fairly. The default.</summary>
    Weighted,

    /// <summary>The one with the least work for its slots.</summary>
    LeastLoaded,

    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>The one that answers fastest.</summary>
    LatencyAware,

    /// <summary>The one that bids least in an auction.</summary>
    LowestBid,
}

/// <summary>The spelling of strategies in JSON, the database and documents.</summary>
public static class SelectionStrategyNames
{
    /// <summary>The stable name: <c>weighted</c>, <c>least-loaded</c>, <c>round-robin</c>, <c>latency-aware</c> or <c>lowest-bid</c>.</summary>
    public static string ToName(this SelectionStrategy strategy) => strategy switch
    {
        SelectionStrategy.Weighted => "weighted",
        SelectionStrategy.LeastLoaded => "least-loaded",
        SelectionStrategy.RoundRobin => "round-robin",
        SelectionStrategy.LatencyAware => "latency-aware",
        SelectionStrategy.LowestBid => "lowest-bid",
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };

    /// <summary>The strategy with a stable name, or null.</summary>
    public static SelectionStrategy? Find(string name)
    {
        foreach (var strategy in Enum.GetValues<SelectionStrategy>())
        {
            if (strategy.ToName() == name)
            {
                return strategy;
            }
        }

        return null;
    }
}
