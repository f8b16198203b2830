using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(8, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Delay_Failures_DoublesUpToAMinuteAndUpToHalfLess(int failures, double seconds)
    {
        Assert.Equal(seconds, Backoff.Delay(failures, 0, null).TotalSeconds, 6);
        Assert.Equal(seconds / 2, Backoff.Delay(failures, 1, null).TotalSeconds, 6);
        Assert.Equal(seconds * 0.75, Backoff.Delay(failures, 0.5, null).TotalSeconds, 6);
    }

    [Theory]
    [InlineData(1, 20, 20)]
    [InlineData(7, 20, 30)]
    [InlineData(1, 86_400, 60)]
    [InlineData(1, -5, 0.5)]
    public void Delay_Asked_IsNoShorterUpToAMinute(int failures, int asked, double seconds) =>
        Assert.Equal(seconds, Backoff.Delay(failures, 1, TimeSpan.FromSeconds(asked)).TotalSeconds, 6);
}
