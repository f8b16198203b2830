using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Granted = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Received = Granted.AddSeconds(30);
    private static readonly long GrantedSeconds = Granted.ToUnixTimeSeconds();

    [Theory]
    [InlineData(-301, "stale")]
    [InlineData(-300, null)]
    [InlineData(0, null)]
    [InlineData(15, null)]
    [InlineData(30, null)]
    [InlineData(330, null)]
    [InlineData(331, "future")]
    public void Classify_SecondsAfterTheGrant_IsExactAtBothEnds(int seconds, string? expected) =>
        Assert.Equal(expected, Freshness.Classify(GrantedSeconds + seconds, Granted, Received));

    // The claim has no fractions: a node that signs in the first allowed instant writes the second before it.
    [Theory]
    [InlineData(-301, "stale")]
    [InlineData(-300, null)]
    [InlineData(330, null)]
    [InlineData(331, "future")]
    public void Classify_FractionsOfSeconds_RoundDownLikeTheClaim(int seconds, string? expected) =>
        Assert.Equal(expected, Freshness.Classify(GrantedSeconds + seconds, Granted.AddMilliseconds(900), Received.AddMilliseconds(999)));

    [Theory]
    [InlineData(long.MinValue, "stale")]
    [InlineData(-1, "stale")]
    [InlineData(0, "stale")]
    [InlineData(long.MaxValue, "future")]
    public void Classify_AbsurdClaims_AreNamed(long issuedAtSeconds, string expected) =>
        Assert.Equal(expected, Freshness.Classify(issuedAtSeconds, Granted, Received));

    [Fact]
    public void Classify_OtherTimeZone_IsTheSameInstant()
    {
        var (granted, received) = (Granted.ToOffset(TimeSpan.FromHours(9)), Received.ToOffset(TimeSpan.FromHours(-7)));

        Assert.Null(Freshness.Classify(GrantedSeconds + 330, granted, received));
        Assert.Equal("future", Freshness.Classify(GrantedSeconds + 331, granted, received));
    }
}
