using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Dispatch;

internal static class ExplanationEndpoints
{
    public static void MapExplanations(this RouteGroupBuilder api) =>
        api.MapGet("/tasks/{id}/explain", Explain).Needs(Scope.Read).WithTags("Tasks").WithSummary("Why these nodes have it, or why none has");

    private static Results<Ok<TaskExplanation>, ProblemAnswer> Explain(string id, IDatabase database, Dispatcher dispatcher)
    {
        var explained = TaskId.TryParse(id, out var task) ? database.Read(transaction => Read(transaction, task)) : null;
        return explained is not null
            ? TypedResults.Ok(TaskStates.IsFinal(explained.State) ? explained : explained with { Waiting = dispatcher.Explain(task) })
            : Problems.TaskNotFound.Because($"There is no task {id}.").ToAnswer();
    }

    private static TaskExplanation? Read(IReadTransaction transaction, TaskId task) => TaskStore.FindState(transaction, task) is { } state
        ? new TaskExplanation(task.ToString(), state, Attempts(transaction, task), Waiting: null)
        {
            Auction = AuctionViews.Read(transaction, task, TaskStates.IsFinal(state)),
            Expired = RetentionStore.Expired(transaction, task) is { Count: > 0 } expired ? expired : null,
        }
        : null;

    private static List<AttemptExplanation> Attempts(IReadTransaction transaction, TaskId task) => transaction.Query(
        "SELECT number, node, reasons FROM attempts WHERE task = $task ORDER BY number",
        row => new AttemptExplanation(
            (int)row.Int64(0),
            row.NodeId(1).ToString(),
            row.NullableText(2) is { } reasons ? JsonSerializer.Deserialize(reasons, VcpJson.Default.IReadOnlyListCandidateView)! : []),
        ("$task", task.ToArray()));
}
