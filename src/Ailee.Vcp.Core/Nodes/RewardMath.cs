using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Nodes;

/// <summary>What work earns, in whole micro-credits: integers only, so that everybody comes to the same amount (docs/design/nodes.md).</summary>
public static class RewardMath
{
    /// <summary>Gas that a price is for.</summary>
    public const long GasUnit = 1_000_000;

    /// <summary>Default price of <see cref="GasUnit"/> gas. Unit: micro-credits.</summary>
    public const long DefaultPrice = 1000;

    /// <summary>Highest price of <see cref="GasUnit"/> gas. Unit: micro-credits.</summary>
    public const long MostPrice = 1_000_000_000_000;

    /// <summary>Most that one task earns without its bonus, so that it fits a balance several times. Unit: micro-credits.</summary>
    public const long MostReward = 1_000_000_000_000_000;

    /// <summary>Highest bonus. Unit: thousandths of the reward.</summary>
    public const int MostBonusPermille = 250;

    /// <summary>Whether a result earns at all. A trap does only if every honest node stops at the same instruction.</summary>
    /// <param name="outcome">What the guest did.</param>
    /// <param name="exactTrap">Whether the trap is <c>unreachable</c>, where the instructions are exact.</param>
    public static bool Earns(Outcome outcome, bool exactTrap) => outcome != Outcome.Trapped || exactTrap;

    /// <summary><c>gas · price ÷ 10^6</c>, rounded down, at most <see cref="MostReward"/>. Unit: micro-credits.</summary>
    /// <param name="gas">Agreed gas, not negative.</param>
    /// <param name="price">Micro-credits for <see cref="GasUnit"/> gas. Range 0 to <see cref="MostPrice"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of range.</exception>
    public static long Reward(long gas, long price)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gas);
        ArgumentOutOfRangeException.ThrowIfNegative(price);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(price, MostPrice);
        return (long)Int128.Min((Int128)gas * price / GasUnit, MostReward);
    }

    /// <summary>
    /// What a node that was faster than the median gets on top: <c>1000 · (speed − median) ÷ median</c>, rounded down, 0 to
    /// <see cref="MostBonusPermille"/>. Both speeds are first rounded down to whole gas per second. 0 where one is unknown or not above 0.
    /// </summary>
    /// <param name="gasPerSecond">Speed of the node; null if it is unknown.</param>
    /// <param name="medianGasPerSecond">Median of the fleet; null if there is none.</param>
    public static int BonusPermille(double? gasPerSecond, double? medianGasPerSecond)
    {
        var (speed, median) = (Whole(gasPerSecond), Whole(medianGasPerSecond));
        return median < 1 || speed <= median ? 0 : (int)Int128.Min((Int128)1000 * (speed - median) / median, MostBonusPermille);
    }

    /// <summary><c>reward · permille ÷ 1000</c>, rounded down. Unit: micro-credits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reward is not one of <see cref="Reward"/>, or the bonus not one of <see cref="BonusPermille"/>.</exception>
    public static long Bonus(long reward, int permille)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reward);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reward, MostReward);
        ArgumentOutOfRangeException.ThrowIfNegative(permille);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permille, MostBonusPermille);
        return (long)((Int128)reward * permille / 1000);
    }

    // The cast saturates; what is no number is 0.
    private static long Whole(double? value) => value is { } known ? (long)known : 0;
}
