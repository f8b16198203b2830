using System.Globalization;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>Agreed gas, its price, two speeds, and what they earn.</summary>
internal sealed record RewardVector(
    string Name, string Gas, string Price, double? GasPerSecond, double? MedianGasPerSecond, string Reward, int BonusPermille, string Bonus)
{
    public static IReadOnlyList<RewardVector> All { get; } =
    [
        Of("nothing", 0, 1000, 2e6, 1e6),
        Of("less than a micro-credit", 999, 1000, 2e6, 1e6),
        Of("rounded down", 123_456_789, 7, null, null),
        Of("at the median", 5_000_000_000, 1000, 1e6, 1e6),
        Of("a little faster", 5_000_000_000, 1000, 1_001_999, 1e6),
        Of("a little less than a whole", 5_000_000_000, 1000, 1000.9, 1000),
        Of("faster", 777_777_777, 1003, 1_123_456.789, 1e6),
        Of("much faster", 777_777_777, 1003, 9e9, 1e6),
        Of("slower", 777_777_777, 1003, 5e5, 1e6),
        Of("median below one", 777_777_777, 1003, 5e5, 0.5),
        Of("speed unknown", 777_777_777, 1003, null, 1e6),
        Of("no price", 777_777_777, 0, 2e6, 1e6),
        Of("highest price", 999_999_999, RewardMath.MostPrice, 1_124_000, 1e6),
        Of("everything at its most", long.MaxValue, RewardMath.MostPrice, 1e18, 1),
    ];

    public RewardVector Again() =>
        Of(Name, long.Parse(Gas, CultureInfo.InvariantCulture), long.Parse(Price, CultureInfo.InvariantCulture), GasPerSecond, MedianGasPerSecond);

    private static RewardVector Of(string name, long gas, long price, double? speed, double? median)
    {
        var (reward, permille) = (RewardMath.Reward(gas, price), RewardMath.BonusPermille(speed, median));
        return new(name, Text(gas), Text(price), speed, median, Text(reward), permille, Text(RewardMath.Bonus(reward, permille)));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
