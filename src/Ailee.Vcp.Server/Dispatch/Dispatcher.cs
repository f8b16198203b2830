using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>
/// Brings tasks that need leases and nodes that ask for work together (docs/design/dispatch.md). Tasks wait in lanes, nodes in polls; whoever
/// comes second makes the match. Memory only, a cache of rows; thread-safe.
/// </summary>
/// <param name="time">For delayed tasks and the end of polls.</param>
internal sealed class Dispatcher(TimeProvider time) : IDisposable
{
    private readonly DispatchBoard _board = new(time);

    /// <summary>Tasks that wait for a node or for their time, and nodes that wait for a task.</summary>
    public (int Tasks, int Delayed, int Nodes) Waiting => _board.Waiting;

    /// <summary>Takes a node in, or what is known of it now.</summary>
    public void SetNode(DispatchNode node) => _board.SetNode(node);

    /// <summary>Forgets a node and ends its poll.</summary>
    public void RemoveNode(NodeId id) => _board.RemoveNode(id);

    /// <summary>How many leases a node has that the dispatcher did not assign, or may have lost count of. Nothing for a node that it does not know.</summary>
    public void SetOutstanding(NodeId node, int leases) => _board.SetOutstanding(node, _ => leases);

    /// <summary>A node gets leases that the dispatcher did not assign: they were auctioned.</summary>
    public void Awarded(NodeId node, int count) => _board.SetOutstanding(node, leases => leases + count);

    /// <summary>A lease of a node ended.</summary>
    public void Released(NodeId node) => _board.SetOutstanding(node, leases => leases - 1);

    /// <summary>
    /// Adds a task's demand, or puts it in the place of the one before: then the task keeps its turn, and assignments from before can no longer
    /// be returned. One with count 0 withdraws it.
    /// </summary>
    public void Demand(Demand demand)
    {
        if (demand.Count <= 0)
        {
            Withdraw(demand.Task);
        }
        else
        {
            _board.Demand(demand);
        }
    }

    /// <summary>Forgets a task. To be called once it is decided: until then it is remembered, also when it needs nothing, for its turn.</summary>
    public void Withdraw(TaskId task) => _board.Withdraw(task);

    /// <summary>
    /// Waits for assignments: one to <paramref name="most"/>, or none when the wait is over, the node asks again, or is removed. Each makes
    /// the demand one smaller, counts as outstanding and excludes the node's owner from the task.
    /// </summary>
    /// <param name="node">The node; one that is not known waits too, until it is.</param>
    /// <param name="most">Most assignments.</param>
    /// <param name="wait">How long to wait for the first; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait. What was assigned at the same moment is returned.</param>
    public async Task<IReadOnlyList<Assignment>> PollAsync(NodeId node, int most, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var poll = _board.Poll(node, most);
        if (!poll.Result.IsCompleted)
        {
            using var timer = wait > TimeSpan.Zero ? time.CreateTimer(_ => _board.EndPoll(node, poll), null, wait, Timeout.InfiniteTimeSpan) : null;
            await using var cancelled = cancellationToken.UnsafeRegister(_ => _board.EndPoll(node, poll), null);
            if (wait == TimeSpan.Zero)
            {
                _board.EndPoll(node, poll);
            }

            await poll.Result;
        }

        var assignments = await poll.Result;
        if (cancellationToken.IsCancellationRequested)
        {
            foreach (var assignment in assignments)
            {
                Return(assignment);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return assignments;
    }

    /// <summary>The grant failed: the demand is as it was before the assignment, unless it was replaced or withdrawn.</summary>
    public void Return(Assignment assignment) => _board.Return(assignment);

    /// <summary>Why a task waits; null if it needs no node, or is not known.</summary>
    public WaitingExplanation? Explain(TaskId task) => _board.Explain(task);

    public void Dispose() => _board.Dispose();

    // Without keys there is one submitter, who may fill it.
    private static string? Sharing(string submitter) => submitter == Submitters.Local ? null : submitter;
}
