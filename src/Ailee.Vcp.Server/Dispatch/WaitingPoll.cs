namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A node's wait for work. It ends once, under the dispatcher's lock.</summary>
/// <param name="most">How many assignments it takes.</param>
internal sealed class WaitingPoll(int most)
{
    // Continuations must not run under the lock.
    private readonly TaskCompletionSource<IReadOnlyList<Assignment>> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Most { get; } = most;

    public Task<IReadOnlyList<Assignment>> Result => _end.Task;

    public void End(IReadOnlyList<Assignment> assignments) => _end.SetResult(assignments);
}
