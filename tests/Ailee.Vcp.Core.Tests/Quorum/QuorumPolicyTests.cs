using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

public sealed class QuorumPolicyTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, 100)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 2, 5)]
    [InlineData(4, 3, 4)]
    [InlineData(16, 9, 16)]
    [InlineData(16, 16, 100)]
    public void Check_SoundPolicy_FindsNothing(int replicas, int quorum, int attempts)
    {
        Assert.Null(QuorumPolicy.Check(replicas, quorum, attempts));
        var policy = new QuorumPolicy(replicas, quorum, attempts);
        Assert.Equal((replicas, quorum, attempts), (policy.Replicas, policy.Quorum, policy.MaxAttempts));
    }

    [Theory]
    [InlineData(0, 0, 5, "replicas-out-of-range")]
    [InlineData(-1, 1, 5, "replicas-out-of-range")]
    [InlineData(17, 9, 20, "replicas-out-of-range")]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, "replicas-out-of-range")]
    [InlineData(3, 0, 5, "quorum-out-of-range")]
    [InlineData(3, 4, 5, "quorum-out-of-range")]
    [InlineData(3, int.MinValue, 5, "quorum-out-of-range")]
    [InlineData(3, int.MaxValue, 5, "quorum-out-of-range")]
    [InlineData(2, 1, 5, "quorum-not-majority")]
    [InlineData(3, 1, 5, "quorum-not-majority")]
    [InlineData(16, 8, 16, "quorum-not-majority")]
    [InlineData(3, 2, 2, "attempts-out-of-range")]
    [InlineData(1, 1, 0, "attempts-out-of-range")]
    [InlineData(3, 2, 101, "attempts-out-of-range")]
    public void Check_UnsoundPolicy_NamesTheFault(int replicas, int quorum, int attempts, string fault)
    {
        Assert.Equal(fault, QuorumPolicy.Check(replicas, quorum, attempts));
        Assert.Equal(fault, Assert.Throws<ArgumentException>(() => new QuorumPolicy(replicas, quorum, attempts)).Message);
    }

    [Fact]
    public void Default_IsTwoOfThreeInFive() => Assert.Equal(new QuorumPolicy(3, 2, 5), QuorumPolicy.Default);
}
