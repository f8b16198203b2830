using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>What work is worth, in micro-credits.</summary>
public sealed class LedgerOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Ledger";

    /// <summary>What nodes are paid for 10^6 gas, where no auction says otherwise. Unit: micro-credits. Default 1000. Range 0 to 10^12.</summary>
    public long PricePerMegaGas { get; set; } = RewardMath.DefaultPrice;

    /// <summary>Most that a node is paid on top of that for being faster than the fleet's median. Unit: permille. Default 250. Range 0 to 250.</summary>
    public int BonusPermille { get; set; } = RewardMath.MostBonusPermille;

    /// <summary>What a fault costs a node. Unit: micro-credits. Default 10 000. Range 0 to 10^12.</summary>
    public long PenaltyMicroCredits { get; set; } = 10_000;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (PricePerMegaGas is < 0 or > RewardMath.MostPrice)
        {
            yield return $"{Section}:{nameof(PricePerMegaGas)} must be between 0 and {RewardMath.MostPrice}.";
        }

        if (BonusPermille is < 0 or > RewardMath.MostBonusPermille)
        {
            yield return $"{Section}:{nameof(BonusPermille)} must be between 0 and {RewardMath.MostBonusPermille}.";
        }

        if (PenaltyMicroCredits is < 0 or > RewardMath.MostPrice)
        {
            yield return $"{Section}:{nameof(PenaltyMicroCredits)} must be between 0 and {RewardMath.MostPrice}.";
        }
    }
}
