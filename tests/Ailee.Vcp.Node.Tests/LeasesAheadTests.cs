namespace Ailee.Vcp.Node.Tests;

public sealed class LeasesAheadTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1, 64)]
    [InlineData(10, 20)]
    [InlineData(50, 4)]
    [InlineData(51, 3)]
    [InlineData(30_000, 3)]
    public async Task Limit_AfterRuns_IsWhatIsRunInTime(int milliseconds, int expected)
    {
        var ahead = new LeasesAhead(2, 32, Longest);
        Assert.Equal(3, ahead.Limit);

        await RanAsync(ahead, milliseconds);

        Assert.Equal(expected, ahead.Limit);
    }

    [Fact]
    public async Task Limit_WhateverRunsTake_IsTheMost()
    {
        var ahead = new LeasesAhead(2, 4, null);

        await RanAsync(ahead, 30_000);

        Assert.Equal(8, ahead.Limit);
    }

    [Fact]
    public async Task Limit_OneLongRun_IsLowAtOnceAndRisesSlowly()
    {
        var ahead = new LeasesAhead(1, 32, Longest);
        await RanAsync(ahead, 0);
        Assert.Equal(32, ahead.Limit);

        await RanAsync(ahead, 1000);
        Assert.Equal(2, ahead.Limit);
        await RanAsync(ahead, 0);
        Assert.Equal(2, ahead.Limit);
        for (var i = 0; i < 60; i++)
        {
            await RanAsync(ahead, 0);
        }

        Assert.Equal(32, ahead.Limit);
    }

    [Fact]
    public async Task Wait_AllTaken_GoesOnWhenOneIsRun()
    {
        var ahead = new LeasesAhead(1, 1, null);
        await ahead.WaitAsync(default);
        ahead.Add();
        Assert.Equal(0, ahead.Room);

        var waiting = ahead.WaitAsync(default);
        Assert.False(waiting.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ahead.RunAsync<int>(() => throw new InvalidOperationException(), _ => default));

        await waiting;
        Assert.Equal(1, ahead.Room);
    }

    [Fact]
    public async Task Wait_Cancelled_Ends()
    {
        var ahead = new LeasesAhead(1, 1, null);
        ahead.Add();
        using var cancellation = new CancellationTokenSource();
        var waiting = ahead.WaitAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static Task<TimeSpan> RanAsync(LeasesAhead ahead, int milliseconds)
    {
        ahead.Add();
        return ahead.RunAsync(() => Task.FromResult(TimeSpan.FromMilliseconds(milliseconds)), took => took);
    }
}
