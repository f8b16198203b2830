using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class StrikePolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true)]
    [InlineData(true, 1)]
    [InlineData(true, 1, 2)]
    [InlineData(false, 1, 2, 3)]
    [InlineData(true, 3, 1, 24)] // a strike counts for less than 24 hours
    [InlineData(false, 23, 0, 12)]
    [InlineData(true, 25, 26, 27, 1, 2)]
    public void Quarantines_StrikesOfSoManyHoursAgo_AtThree(bool isFree, params int[] hoursAgo) =>
        Assert.Equal(!isFree, StrikePolicy.Quarantines(Ago(hoursAgo), null, Now));

    [Fact]
    public void Quarantines_AfterARelease_CountsFromThere()
    {
        var released = Now.AddHours(-5);

        Assert.False(StrikePolicy.Quarantines(Ago(5, 6, 7, 4, 3), released, Now));
        Assert.True(StrikePolicy.Quarantines(Ago(5, 6, 7, 4, 3, 2), released, Now));
        Assert.Equal(2, StrikePolicy.Count(Ago(5, 6, 7, 4, 3), released, Now));
    }

    [Fact]
    public void Since_ReleaseLongAgo_IsADayAgo()
    {
        Assert.Equal(Now.AddHours(-24), StrikePolicy.Since(Now.AddDays(-3), Now));
        Assert.Equal(Now.AddHours(-24), StrikePolicy.Since(null, Now));
        Assert.Equal(Now.AddHours(-2), StrikePolicy.Since(Now.AddHours(-2), Now));
    }

    private static IEnumerable<DateTimeOffset> Ago(params int[] hours) => hours.Select(each => Now.AddHours(-each));
}
