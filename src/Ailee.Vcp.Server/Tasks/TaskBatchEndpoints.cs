using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskBatchEndpoints
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static void MapTaskBatches(this RouteGroupBuilder api, SandboxOptions options) => api.MapPost("/tasks:batch", SubmitAsync)
        .Needs(Scope.Tasks)
        .WithTags("Tasks")
        .TakesTasks()
        .Accepts<TaskBatchRequest>(MediaTypes.Json)
        .WithMetadata(new RequestSizeLimitAttribute(TaskCalls.MostBodyBytes(options)))
        .WithSummary("Submit up to 1000 tasks; each is taken or refused by itself");

    private static async Task<Results<Ok<TaskBatchView>, ProblemAnswer>> SubmitAsync(HttpContext context, LargeBodies bodies, TaskSubmissions submissions)
    {
        if ((context.Request.RequireJson() ?? TaskCalls.CheckIdempotencyKey(context.Request)) is { } problem)
        {
            return problem.ToAnswer();
        }

        using var body = await bodies.ReadAsync(context, context.RequestAborted);
        if ((body.Problem ?? RequestBody.CheckValues(body.Bytes.Span)) is { } refusal)
        {
            return refusal.ToAnswer();
        }

        using var document = Parse(body.Bytes);
        if (Tasks(document) is not { } tasks)
        {
            return Problems.MalformedJson.Because($"The body must be {{\"tasks\": […]}} with 1 to {TaskBatchRequest.Most} tasks.").ToAnswer();
        }

        var (items, good) = (new TaskBatchItem[tasks.Count], new List<(int Index, Submission Submission)>(tasks.Count));
        for (var i = 0; i < tasks.Count; i++)
        {
            var sent = JsonMarshal.GetRawUtf8Value(tasks[i]);
            if (RequestBody.TryDeserialize(sent, VcpJson.Default.TaskRequest, out var request) is { } malformed)
            {
                items[i] = Item(new SubmissionAnswer(default, false, malformed));
            }
            else
            {
                good.Add((i, new Submission(request, TaskCalls.Idempotency(context, sent, i))));
            }
        }

        var answers = await submissions.SubmitAsync(good.ConvertAll(item => item.Submission), context.Caller(), context.RequestAborted);
        for (var i = 0; i < good.Count; i++)
        {
            items[good[i].Index] = Item(answers[i]);
        }

        if (answers.Max(answer => answer.Problem?.RetryAfterSeconds) is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var accepted = items.Count(item => item.Id is not null);
        return TypedResults.Ok(new TaskBatchView(accepted, items.Length - accepted, items));
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second for names with half a surrogate pair, which it cannot compare.
            return null;
        }
    }

    private static List<JsonElement>? Tasks(JsonDocument? document) =>
        document?.RootElement is { ValueKind: JsonValueKind.Object } root && root.GetPropertyCount() == 1
            && root.TryGetProperty("tasks", out var tasks) && tasks.ValueKind == JsonValueKind.Array && tasks.GetArrayLength() is > 0 and <= TaskBatchRequest.Most
            ? [.. tasks.EnumerateArray()]
            : null;

    private static TaskBatchItem Item(SubmissionAnswer answer) =>
        answer.Problem is { } problem ? new TaskBatchItem(null, problem.ToView()) : new TaskBatchItem(answer.Id.ToString(), null);
}
