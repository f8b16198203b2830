using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class RewardMathTests
{
    private static readonly Gen<long> Gas = Gen.OneOf(Gen.Long[0, 1_000_000_000], Gen.Long[0, long.MaxValue]);

    private static readonly Gen<long> Price = Gen.OneOf(Gen.Long[0, 10_000], Gen.Long[0, RewardMath.MostPrice]);

    private static readonly Gen<double?> Speed = Gen.OneOf(
        Gen.Double[-10, 1e10].Select(value => (double?)value), Gen.Double.Select(value => (double?)value), Gen.Const((double?)null));

    [Theory]
    [InlineData(0, 1000, 0)]
    [InlineData(999, 1000, 0)]
    [InlineData(1000, 1000, 1)]
    [InlineData(1999, 1000, 1)]
    [InlineData(1_000_000, 1000, 1000)]
    [InlineData(123_456_789, 7, 864)]
    [InlineData(long.MaxValue, 1_000_000_000_000, 1_000_000_000_000_000)]
    public void Reward_GasAndPrice_IsRoundedDown(long gas, long price, long expected) => Assert.Equal(expected, RewardMath.Reward(gas, price));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000_001)]
    public void Reward_OutOfRange_IsRefused(long gas, long price) => Assert.Throws<ArgumentOutOfRangeException>(() => RewardMath.Reward(gas, price));

    [Theory]
    [InlineData(1000.0, 1000.0, 0)]
    [InlineData(999.0, 1000.0, 0)]
    [InlineData(1001.0, 1000.0, 1)]
    [InlineData(1000.9, 1000.0, 0)]
    [InlineData(1249.0, 1000.0, 249)]
    [InlineData(1250.0, 1000.0, 250)]
    [InlineData(9e300, 1.0, 250)]
    [InlineData(10.0, 0.5, 0)]
    [InlineData(10.0, -5.0, 0)]
    [InlineData(null, 1000.0, 0)]
    [InlineData(1000.0, null, 0)]
    [InlineData(double.NaN, 1000.0, 0)]
    [InlineData(double.PositiveInfinity, 1000.0, 250)]
    public void BonusPermille_Speeds_IsTheWholeExcess(double? speed, double? median, int expected) =>
        Assert.Equal(expected, RewardMath.BonusPermille(speed, median));

    [Theory]
    [InlineData(1000, 250, 250)]
    [InlineData(999, 1, 0)]
    [InlineData(7, 143, 1)]
    [InlineData(RewardMath.MostReward, 250, 250_000_000_000_000)]
    public void Bonus_OfAReward_IsRoundedDown(long reward, int permille, long expected) => Assert.Equal(expected, RewardMath.Bonus(reward, permille));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(RewardMath.MostReward + 1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 251)]
    public void Bonus_OutOfRange_IsRefused(long reward, int permille) => Assert.Throws<ArgumentOutOfRangeException>(() => RewardMath.Bonus(reward, permille));

    [Fact]
    public void Earns_Outcomes_AllButAnInexactTrap()
    {
        Assert.Equal([Outcome.Completed, Outcome.OutOfFuel, Outcome.OutputLimit], Enum.GetValues<Outcome>().Where(outcome => RewardMath.Earns(outcome, exactTrap: false)));
        Assert.All(Enum.GetValues<Outcome>(), outcome => Assert.True(RewardMath.Earns(outcome, exactTrap: true)));
    }

    [Fact]
    public void Reward_Anything_IsInRangeAndExact() => Gen.Select(Gas, Price, Speed, Speed).Sample((gas, price, speed, median) =>
    {
        var reward = RewardMath.Reward(gas, price);
        var permille = RewardMath.BonusPermille(speed, median);
        var bonus = RewardMath.Bonus(reward, permille);

        Assert.InRange(reward, 0, RewardMath.MostReward);
        Assert.InRange(permille, 0, RewardMath.MostBonusPermille);
        Assert.InRange(bonus, 0, reward / 4);
        var exact = new System.Numerics.BigInteger(gas) * price;
        Assert.True(reward == RewardMath.MostReward || (exact - (new System.Numerics.BigInteger(reward) * RewardMath.GasUnit) is var rest && rest >= 0 && rest < RewardMath.GasUnit));
    });

    [Fact]
    public void Reward_MoreGasOrMorePrice_IsNeverLess() => Gen.Select(Gen.Long[0, long.MaxValue / 2], Gen.Long[0, long.MaxValue / 2], Gen.Long[0, RewardMath.MostPrice / 2], Gen.Long[0, RewardMath.MostPrice / 2])
        .Sample((gas, moreGas, price, morePrice) =>
        {
            Assert.True(RewardMath.Reward(gas + moreGas, price) >= RewardMath.Reward(gas, price));
            Assert.True(RewardMath.Reward(gas, price + morePrice) >= RewardMath.Reward(gas, price));
        });

    // Rounding down favours the payer: two small tasks never earn more than one with the gas of both, and at most one micro-credit less.
    [Fact]
    public void Reward_SplitInTwo_LosesAtMostOne() => Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1000]).Sample((first, second, price) =>
        Assert.InRange(RewardMath.Reward(first + second, price) - RewardMath.Reward(first, price) - RewardMath.Reward(second, price), 0, 1));
}
