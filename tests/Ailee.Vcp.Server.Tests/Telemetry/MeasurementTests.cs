using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class MeasurementTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(56);

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 3, 5 }, 4)]
    [InlineData(new double[] { 3, 100, 5 }, 5)]
    [InlineData(new double[] { 1, 2, 3, 4, 100 }, 3)]
    [InlineData(new double[] { 100, 100, 100, 1, 2, 3, 4, 5 }, 3)]
    public void Add_Several_GivesTheMedianOfTheLastFive(double[] values, double median)
    {
        var last = new LastFive();

        Assert.Equal(median, values.Select(last.Add).ToList()[^1]);
    }

    [Theory]
    [InlineData(1_000_000, 0, 0, 1000, 2000, 8.0)]
    [InlineData(1_000_000, 500_000, 0, 1000, 2000, 4.0)]
    [InlineData(1_000_000, 500_001, 0, 1000, 2000, 4.0)]
    [InlineData(1_000_000, 1_000_000, 0, 1000, 1000, 8.0)]
    public void Mbps_BodyInParts_CountsWhatCameAfterTheFirst(long bytes, long first, int askedMs, int firstMs, int lastMs, double mbps) => Assert.Equal(
        mbps,
        Bandwidth.Mbps(bytes, first, TimeSpan.FromMilliseconds(askedMs), TimeSpan.FromMilliseconds(firstMs), TimeSpan.FromMilliseconds(lastMs))!.Value,
        0.001);

    [Fact]
    public void Mbps_NoTime_IsUnknown() => Assert.Null(Bandwidth.Mbps(1000, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

    [Fact]
    public void Count_OverHours_KnowsThoseOfTheLast()
    {
        var errors = new RecentErrors();
        Assert.Equal(0, errors.Count(40, Start));

        Assert.Equal(2, errors.Count(42, Start));
        Assert.Equal(5, errors.Count(45, Start + TimeSpan.FromMinutes(30)));
        Assert.Equal(3, errors.Count(Start + TimeSpan.FromMinutes(65)));
        Assert.Equal(0, errors.Count(Start + TimeSpan.FromMinutes(95)));
    }

    [Fact]
    public void Count_AfterANewStart_CountsFromZero()
    {
        var errors = new RecentErrors();
        errors.Count(40, Start);

        Assert.Equal(3, errors.Count(3, Start));
        Assert.Equal(4, errors.Count(4, Start));
    }

    [Fact]
    public void Count_ClockSetBack_ForgetsNothing()
    {
        var errors = new RecentErrors();
        errors.Count(0, Start);
        errors.Count(7, Start);

        Assert.Equal(8, errors.Count(8, Start - TimeSpan.FromHours(5)));
        Assert.Equal(0, errors.Count(Start + TimeSpan.FromDays(400)));
    }

    [Fact]
    public void Count_HugeNumbers_NeverBecomeFew()
    {
        var errors = new RecentErrors();
        errors.Count(0, Start);

        for (var i = 0; i < 10; i++)
        {
            errors.Count(long.MaxValue, Start + TimeSpan.FromMinutes(3 * i));
            errors.Count(0, Start + TimeSpan.FromMinutes(3 * i));
        }

        Assert.Equal(long.MaxValue, errors.Count(Start + TimeSpan.FromMinutes(27)));
    }
}
