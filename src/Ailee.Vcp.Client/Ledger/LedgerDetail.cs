namespace Ailee.Vcp.Client.Ledger;

/// <summary>How an amount of the ledger came about. Null is what does not apply.</summary>
public sealed record LedgerDetail
{
    /// <summary>Gas that was agreed on.</summary>
    public long? Gas { get; init; }

    /// <summary>Price of 10^6 gas. Unit: micro-credits.</summary>
    public long? PricePerMegaGas { get; init; }

    /// <summary>Whether the price is the node's own bid; null if it is the server's.</summary>
    public bool? Bid { get; init; }

    /// <summary>Gas × price / 10^6, rounded down. Unit: micro-credits.</summary>
    public long? Base { get; init; }

    /// <summary>How much faster than the median the node was, at most the server's cap.</summary>
    public int? BonusPermille { get; init; }

    /// <summary>Base × permille / 1000, rounded down. Unit: micro-credits.</summary>
    public long? Bonus { get; init; }

    /// <summary>What a penalty is for: a kind of reputation event.</summary>
    public string? Fault { get; init; }
}
