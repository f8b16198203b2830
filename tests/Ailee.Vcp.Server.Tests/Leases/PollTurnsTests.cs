using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Tests.Leases;

public sealed class PollTurnsTests
{
    private readonly PollTurns _turns = new();
    private readonly Guid _request = Guid.NewGuid();

    [Fact]
    public async Task Take_SameRequestAgain_EndsTheFirstAndWaitsForIt()
    {
        var first = await _turns.TakeAsync(default, _request, default);

        var second = _turns.TakeAsync(default, _request, default);

        Assert.True(first.Token.IsCancellationRequested);
        Assert.False(second.IsCompleted);
        first.Dispose();
        using var turn = await second;
        Assert.False(turn.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task WhenOthersEnded_TakenOverTwice_WaitsForTheLast()
    {
        var first = await _turns.TakeAsync(default, _request, default);
        var taking = _turns.TakeAsync(default, _request, default);
        first.Dispose();
        var second = await taking;
        taking = _turns.TakeAsync(default, _request, default);

        var others = first.WhenOthersEndedAsync(default);

        second.Dispose();
        var third = await taking;
        Assert.False(others.IsCompleted);
        third.Dispose();
        await others;
    }

    [Fact]
    public async Task Take_OtherRequestOrOtherNode_DisturbsNothing()
    {
        using var first = await _turns.TakeAsync(default, _request, default);
        using var other = await _turns.TakeAsync(default, Guid.NewGuid(), default);
        using var foreign = await _turns.TakeAsync(NodeId.Parse(new string('A', 43)), _request, default);

        Assert.False(first.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Take_ManyAtOnce_OneAfterTheOther()
    {
        var holds = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            using var turn = await _turns.TakeAsync(default, _request, default);
            Assert.Equal(1, Interlocked.Increment(ref holds));
            await Task.Yield();
            Interlocked.Decrement(ref holds);
        })));

        Assert.Equal(0, holds);
    }

    [Fact]
    public async Task Token_CallerLeaves_Ends()
    {
        using var caller = new CancellationTokenSource();
        using var turn = await _turns.TakeAsync(default, _request, caller.Token);

        await caller.CancelAsync();

        Assert.True(turn.Token.IsCancellationRequested);
    }
}
