using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Dispatch;

internal static class ExplanationEndpoints
{
    public static void MapExplanations(this RouteGroupBuilder api) =>
        api.MapGet("/tasks/{id}/explain", Explain).WithTags("Tasks").WithSummary("Why these nodes have it, or why none has");

    private static Results<Ok<TaskExplanation>, ProblemAnswer> Explain(string id, IDatabase database, Dispatcher dispatcher)
    {
        var found = TaskId.TryParse(id, out var task) ? database.Read(transaction => (TaskStore.FindState(transaction, task), Attempts(transaction, task))) : (null, []);
        return found is (string state, var attempts)
            ? TypedResults.Ok(new TaskExplanation(id, state, attempts, TaskStates.IsFinal(state) ? null : dispatcher.Explain(task)))
            : Problems.TaskNotFound.Because($"There is no task {id}.").ToAnswer();
    }

    private static List<AttemptExplanation> Attempts(IReadTransaction transaction, TaskId task) => transaction.Query(
        "SELECT number, node, reasons FROM attempts WHERE task = $task ORDER BY number",
        row => new AttemptExplanation(
            (int)row.Int64(0),
            row.NodeId(1).ToString(),
            row.NullableText(2) is { } reasons ? JsonSerializer.Deserialize(reasons, VcpJson.Default.IReadOnlyListCandidateView)! : []),
        ("$task", task.ToArray()));
}
