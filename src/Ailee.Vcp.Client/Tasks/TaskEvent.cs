namespace Ailee.Vcp.Client.Tasks;

/// <summary>Something that happened to a task, as <c>GET /tasks/{id}/events</c> tells it.</summary>
/// <param name="Kind">One of <see cref="TaskEventKinds"/>.</param>
/// <param name="State">The task's state when this was sent, one of <see cref="TaskStates"/>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Attempt">The attempt that it is about; absent if it is about the task.</param>
public sealed record TaskEvent(string Kind, string State, DateTimeOffset At, TaskAttempt? Attempt);

/// <summary>Kinds of <see cref="TaskEvent"/>, which are the names of server-sent events too.</summary>
public static class TaskEventKinds
{
    /// <summary>The task was taken in.</summary>
    public const string Submitted = "submitted";

    /// <summary>A node got it.</summary>
    public const string AttemptStarted = "attempt-started";

    /// <summary>The node's attempt is over; its state says how.</summary>
    public const string AttemptEnded = "attempt-ended";

    /// <summary>Its state is final. No event follows.</summary>
    public const string Decided = "decided";

    /// <summary>Nothing happened for a while.</summary>
    public const string Waiting = "waiting";
}
