using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Tests.Leases;

public sealed class SharedPollsTests
{
    private readonly SharedPolls<int> _polls = new();
    private readonly Guid _request = Guid.NewGuid();

    [Fact]
    public async Task Answer_SameRequestWhileItWaits_BothHearTheSame()
    {
        var (taken, answer) = (0, new TaskCompletionSource<int>());
        var calls = Enumerable.Range(0, 3).Select(_ => AskAsync(_ => answer.Task)).ToArray();

        answer.SetResult(7);

        Assert.All(await Task.WhenAll(calls), heard => Assert.Equal(7, heard));
        Assert.Equal(1, taken);

        Task<int> AskAsync(Func<CancellationToken, Task<int>> take) => _polls.AnswerAsync(
            default,
            _request,
            end =>
            {
                Interlocked.Increment(ref taken);
                return take(end);
            },
            () => -1,
            default);
    }

    [Fact]
    public async Task Answer_RequestThatWasAnswered_TakesNothingMore()
    {
        Assert.Equal(1, await AskAsync(_request, 1));

        Assert.Equal(-1, await AskAsync(_request, 2));
        Assert.Equal(3, await AskAsync(Guid.NewGuid(), 3));
        Assert.Equal(4, await _polls.AnswerAsync(NodeId.Parse(new string('B', 42) + "A"), _request, _ => Task.FromResult(4), () => -1, default));
    }

    [Fact]
    public async Task Answer_OneCallerLeaves_TheOtherStillHears()
    {
        var answer = new TaskCompletionSource<int>();
        using var leaves = new CancellationTokenSource();
        var first = _polls.AnswerAsync(default, _request, answer.Task.WaitAsync, () => -1, leaves.Token);
        var second = _polls.AnswerAsync(default, _request, answer.Task.WaitAsync, () => -1, default);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(7);
        Assert.Equal(7, await second);
    }

    [Fact]
    public async Task Answer_AllCallersLeave_ItEndsAndMayBeAskedAgain()
    {
        var ended = new TaskCompletionSource();
        using var leaves = new CancellationTokenSource();
        var first = _polls.AnswerAsync(default, _request, ForEverAsync, () => -1, leaves.Token);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await ended.Task;
        Assert.Equal(2, await AskAsync(_request, 2));

        async Task<int> ForEverAsync(CancellationToken end)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, end);
                return 1;
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task Answer_TakingFails_EachHearsAndItMayBeAskedAgain()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _polls.AnswerAsync(default, _request, _ => throw new InvalidOperationException(), () => -1, default));

        Assert.Equal(2, await AskAsync(_request, 2));
    }

    private Task<int> AskAsync(Guid request, int value) => _polls.AnswerAsync(default, request, _ => Task.FromResult(value), () => -1, default);
}
