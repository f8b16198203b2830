using Ailee.Vcp.Server.Overload;

namespace Ailee.Vcp.Server.Tests.Overload;

public sealed class CallerTurnsTests
{
    [Fact]
    public async Task Take_CallerHasItsOwn_WaitsAndOthersDoNot()
    {
        var turns = new CallerTurns(1);
        var first = await turns.TakeAsync("alice", default);
        var second = turns.TakeAsync("alice", default);

        Assert.False(second.IsCompleted);
        Assert.NotNull(await turns.TakeAsync("bob", default));
        Assert.Null(await turns.TakeAsync(null, default));
        first!.Dispose();

        Assert.NotNull(await second);
    }

    [Fact]
    public async Task Take_GivenUp_LeavesTheTurnToTheNext()
    {
        var turns = new CallerTurns(1);
        using var cancellation = new CancellationTokenSource();
        var first = await turns.TakeAsync("alice", default);
        var given = turns.TakeAsync("alice", cancellation.Token);
        var next = turns.TakeAsync("alice", default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        first!.Dispose();

        (await next)!.Dispose();
        (await turns.TakeAsync("alice", default))!.Dispose();
    }
}
