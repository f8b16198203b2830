using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class OutcomeTests
{
    [Theory]
    [InlineData(Outcome.Completed, 0, "completed")]
    [InlineData(Outcome.Trapped, 1, "trapped")]
    [InlineData(Outcome.OutOfFuel, 2, "out-of-fuel")]
    [InlineData(Outcome.OutputLimit, 3, "output-limit")]
    public void ToName_EachOutcome_IsStable(Outcome outcome, int number, string name)
    {
        Assert.Equal(number, (int)outcome);
        Assert.Equal(name, outcome.ToName());
    }

    [Fact]
    public void ToName_UnknownOutcome_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => ((Outcome)4).ToName());

    [Fact]
    public void Values_AreTheFour_AndNoInconclusiveOne() => Assert.Equal(4, Enum.GetValues<Outcome>().Length);
}
