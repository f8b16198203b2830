namespace Ailee.Vcp.Node.Tests;

public sealed class ByteBudgetTests
{
    [Fact]
    public void Wait_UpToTheCapacity_PassesAtOnce()
    {
        var budget = new ByteBudget(10, 0);

        budget.Add(10);

        Assert.True(budget.WaitAsync(default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wait_OverTheCapacity_PassesWhenThereIsRoomAgain()
    {
        var budget = new ByteBudget(10, 0);
        budget.Add(8);
        budget.Add(8);
        budget.Add(8);
        Task[] waits = [budget.WaitAsync(default), budget.WaitAsync(default)];

        budget.Remove(8);
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        budget.Remove(8);

        await Task.WhenAll(waits);
        Assert.Equal(8, budget.Bytes);
    }

    [Fact]
    public void Wait_FewItems_PassesWhateverTheyWeigh()
    {
        var budget = new ByteBudget(10, 2);

        budget.Add(1000);
        Assert.True(budget.WaitAsync(default).IsCompletedSuccessfully);
        budget.Add(1);

        Assert.False(budget.WaitAsync(default).IsCompleted);
    }

    [Fact]
    public async Task Wait_Cancelled_LeavesTheOthersWaiting()
    {
        var budget = new ByteBudget(0, 0);
        budget.Add(1);
        using var cancellation = new CancellationTokenSource();
        var (first, second) = (budget.WaitAsync(cancellation.Token), budget.WaitAsync(default));

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        budget.Remove(1);

        await second;
    }
}
