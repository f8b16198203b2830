namespace Ailee.Vcp.Server.Ledger;

/// <summary>The arithmetic of rewards, in exact integers.</summary>
internal static class Rewards
{
    private const long Mega = 1_000_000;

    /// <summary>Gas × price / 10^6, rounded down.</summary>
    public static Int128 Base(long gas, long pricePerMegaGas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gas);
        ArgumentOutOfRangeException.ThrowIfNegative(pricePerMegaGas);
        return (Int128)gas * pricePerMegaGas / Mega;
    }

    /// <summary>Base × permille / 1000, rounded down.</summary>
    public static Int128 Bonus(Int128 basis, int permille) => basis * permille / 1000;

    /// <summary>How much faster than the median, in whole permille and at most <paramref name="most"/>; 0 if either is unknown.</summary>
    public static int BonusPermille(double? speed, double? median, int most)
    {
        if (speed is not { } ours || median is not { } theirs || !double.IsFinite(ours) || !double.IsFinite(theirs) || theirs <= 0 || ours <= theirs)
        {
            return 0;
        }

        // The quotient of a slow fleet may be beyond any integer.
        return (int)Math.Min(most, Math.Floor((ours - theirs) * 1000 / theirs));
    }
}
