using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskEventEndpoints
{
    public static void MapTaskEvents(this RouteGroupBuilder tasks) => tasks.MapGet("/{id}/events", Follow)
        .WithSummary("What happens to a task, as server-sent events until it is decided");

    private static Results<ServerSentEventsResult<TaskEvent>, NoContent, ProblemAnswer> Follow(string id, HttpContext context, TaskService service, TaskEvents events, TimeProvider time)
    {
        if (!TaskId.TryParse(id, out var task) || service.FindState(task) is null)
        {
            return Problems.TaskNotFound.Because("A task's id is a lowercase UUID with hyphens, as it was answered when the task was submitted.").ToAnswer();
        }

        // A browser comes back when a stream ends; this tells it to stay away.
        return context.Request.Headers["Last-Event-ID"] is [TaskEventKinds.Decided] ? TypedResults.NoContent()
            : context.TryWait() is { } problem ? problem.ToAnswer()
            : TypedResults.ServerSentEvents(events.FollowAsync(task, context.AbortedOrEnded(time)));
    }
}
