using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What happened to a task, from its rows: so a restart loses none of it, and whoever comes late hears all of it.</summary>
internal sealed class TaskEvents(IDatabase database, TaskChanges changes, IHostApplicationLifetime lifetime)
{
    // Proxies close what is silent for a minute.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    /// <summary>What happened to a stored task and what will, until it is decided, the caller leaves or the server stops. Each event has a name that stays.</summary>
    public async IAsyncEnumerable<SseItem<TaskEvent>> FollowAsync(TaskId task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var follower = changes.Follow(task);
        var sent = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var events = database.Read(transaction => Read(transaction, task));
            foreach (var (name, happened) in events.Where(item => sent.Add(item.Name)))
            {
                yield return new SseItem<TaskEvent>(happened, happened.Kind) { EventId = name };
            }

            if (events[^1].Event.Kind == TaskEventKinds.Decided)
            {
                yield break;
            }

            while (!await WaitAsync(follower, end.Token))
            {
                if (end.IsCancellationRequested)
                {
                    yield break;
                }

                yield return new SseItem<TaskEvent>(events[^1].Event with { Kind = TaskEventKinds.Waiting, Attempt = null }, TaskEventKinds.Waiting);
            }
        }
    }

    private static async Task<bool> WaitAsync(TaskChanges.Follower follower, CancellationToken cancellationToken)
    {
        try
        {
            return await follower.WaitAsync(Quiet, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static List<(string Name, TaskEvent Event)> Read(IReadTransaction transaction, TaskId id)
    {
        var row = TaskStore.Find(transaction, id)!;
        var attempts = TaskStore.Attempts(transaction, id).SelectMany(attempt => Of(attempt, row.State)).OrderBy(item => item.Event.At);
        return
        [
            (TaskEventKinds.Submitted, new TaskEvent(TaskEventKinds.Submitted, row.State, row.SubmittedAt, null)),
            .. attempts,
            .. row.CompletedAt is { } at ? new[] { (TaskEventKinds.Decided, new TaskEvent(TaskEventKinds.Decided, row.State, at, null)) } : [],
        ];
    }

    private static IEnumerable<(string Name, TaskEvent Event)> Of(TaskAttempt attempt, string state)
    {
        yield return Named(TaskEventKinds.AttemptStarted, attempt.StartedAt);
        if (attempt.EndedAt is { } ended)
        {
            yield return Named(TaskEventKinds.AttemptEnded, ended);
        }

        (string, TaskEvent) Named(string kind, DateTimeOffset at) =>
            (string.Create(CultureInfo.InvariantCulture, $"{kind}-{attempt.Number}"), new TaskEvent(kind, state, at, attempt));
    }
}
