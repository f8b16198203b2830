using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Overload;

/// <summary>Whether the server takes more work at the moment.</summary>
internal sealed class WorkIntake(ResourceWatch resources, CommitDelay commits, RequestPlaces places, TaskPlaces tasks)
{
    /// <summary>Why a call that takes work is refused, or null.</summary>
    public Problem? Check(HttpContext context, string? caller)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesWork>() is not { } work)
        {
            return null;
        }

        return resources.Problem
            ?? (commits.IsTooLong && !IsAlone(caller) ? Problems.Overloaded.Because("The database is behind with what was accepted.") with { RetryAfterSeconds = CommitSeconds() }
                : work.IsTasks && tasks.IsFull && !IsRepeated(context.Request) ? QueueProblems.Of(PlaceAnswer.Full, tasks, caller ?? Submitters.Local)
                : null);
    }

    // Whoever sends one after the other is not who keeps the database busy, and is not to suffer from it.
    private bool IsAlone(string? caller) => caller is not null && !places.HasAny(RequestKind.Client, caller);

    private int CommitSeconds() => (int)Math.Ceiling(commits.Shortest.TotalSeconds) + RetryTime.Seconds(places.Count(RequestKind.Client), tasks.DecidedPerSecond);

    // It may be of a task that is stored already, and that is found before it is asked for a place.
    private static bool IsRepeated(HttpRequest request) => request.Headers.ContainsKey("Idempotency-Key");
}
