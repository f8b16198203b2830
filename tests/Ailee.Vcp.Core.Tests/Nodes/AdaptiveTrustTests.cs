using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class AdaptiveTrustTests
{
    [Theory]
    [InlineData(-1, 1.0)]
    [InlineData(0, 1.0)]
    [InlineData(1, 1.0)]
    [InlineData(4, 0.25)]
    [InlineData(10, 0.1)]
    [InlineData(20, 0.05)]
    [InlineData(21, 0.05)]
    [InlineData(long.MaxValue, 0.05)]
    public void AuditProbability_Confirmed_FallsToFivePercent(long confirmed, double expected) =>
        Assert.Equal(expected, AdaptiveTrust.AuditProbability(confirmed));

    [Theory]
    [InlineData(0, false)]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void IsTrusted_Confirmed_FromTen(long confirmed, bool expected) => Assert.Equal(expected, AdaptiveTrust.IsTrusted(confirmed));

    [Fact]
    public void ShouldAudit_DrawBelowTheProbability_Only()
    {
        Assert.True(AdaptiveTrust.ShouldAudit(10, 0));
        Assert.True(AdaptiveTrust.ShouldAudit(10, 0.0999));
        Assert.False(AdaptiveTrust.ShouldAudit(10, 0.1));
        Assert.True(AdaptiveTrust.ShouldAudit(0, Math.BitDecrement(1)));
    }

    [Fact]
    public void After_Strike_TakesEverythingAndOtherEventsNothing()
    {
        Assert.All(ReputationEventKind.All, kind => Assert.Equal(kind.IsStrike ? 0 : 12, AdaptiveTrust.After(12, kind)));
        Assert.Equal((13, long.MaxValue), (AdaptiveTrust.Confirm(12), AdaptiveTrust.Confirm(long.MaxValue)));
    }

    [Fact]
    public void AuditProbability_MoreConfirmed_IsNeverHigherAndNeverBelowTheLeast() => Gen.Select(Gen.Long[0, 1000], Gen.Long[0, 1000]).Sample((confirmed, more) =>
    {
        Assert.InRange(AdaptiveTrust.AuditProbability(confirmed), 0.05, 1);
        Assert.True(AdaptiveTrust.AuditProbability(confirmed + more) <= AdaptiveTrust.AuditProbability(confirmed));
    });
}
