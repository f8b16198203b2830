using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Traces;

/// <summary>A task that is, or was, run again for its leaves. What changes belongs to <see cref="TraceRuns"/> and changes under its lock.</summary>
/// <param name="caller">The tenant that asked for it.</param>
/// <param name="task">The task.</param>
/// <param name="first">The leaf from which on leaves are made.</param>
/// <param name="stopping">Ends the run with the server.</param>
internal sealed class TraceRun(string caller, TaskId task, int first, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    public string Caller => caller;

    public TaskId Task => task;

    public int First => first;

    /// <summary>Ends the run when nobody waits for it any more.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The leaves, or why there are none.</summary>
    public Task<(IReadOnlyList<ReadOnlyMemory<byte>> Leaves, string? Failure)> Work { get; set; } = null!;

    public int Waiters { get; set; }

    /// <summary>Everybody has left while it was under way.</summary>
    public bool Abandoned { get; set; }

    /// <summary>It came to no leaves. What failed is tried again.</summary>
    public bool Failed => Work.IsCompleted && !(Work.IsCompletedSuccessfully && Work.Result.Failure is null);

    /// <summary>Whether the leaf is, or may come to be, among its leaves.</summary>
    public bool Covers(TaskId other, int leaf) =>
        other == task && leaf >= first && (Work.IsCompleted ? !Failed && leaf - first < Work.Result.Leaves.Count : !Abandoned);

    /// <summary>Ends the work.</summary>
    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It came to its end meanwhile.
        }
    }

    /// <summary>For the work to call at its end.</summary>
    public void Dispose() => _cancellation.Dispose();
}
