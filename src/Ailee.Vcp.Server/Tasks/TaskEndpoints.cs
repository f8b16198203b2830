using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskEndpoints
{
    public static void MapTasks(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<SandboxOptions>>().Value;
        var tasks = api.MapGroup("/tasks").WithTags("Tasks").Needs(Scope.Read);
        tasks.MapPost("/", SubmitAsync)
            .Needs(Scope.Tasks)
            .TakesTasks()
            .Accepts<TaskRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(TaskCalls.MostBodyBytes(options)))
            .WithSummary("Submit a task; with 'Prefer: wait=30' the answer is held back until it is decided");
        tasks.MapGet("/", List).WithSummary("List tasks, newest first");
        tasks.MapGet("/{id}", GetAsync).WithSummary("One task; with ?wait=30 once it is decided");
        tasks.MapDelete("/{id}", CancelAsync).Needs(Scope.Tasks).WithSummary("Call off a task that is not decided");
        tasks.MapGet("/{id}/invocation", GetInvocation)
            .WithSummary("The exact bytes under the input digest")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Cbor);
        tasks.MapTaskOutput();
        tasks.MapTaskFiles();
        tasks.MapTaskEvents();
        api.MapTaskBatches(options);
    }

    private static async Task<Results<Ok<ComputeTask>, Accepted<ComputeTask>, ProblemAnswer>> SubmitAsync(
        HttpContext context,
        LargeBodies bodies,
        TaskSubmissions submissions,
        TaskService service,
        CancellationToken cancellationToken)
    {
        var answer = await TakeAsync(context, bodies, submissions, cancellationToken);
        return answer.Problem is null ? await AnswerAsync(context, service, answer.Id, cancellationToken) : answer.Problem.ToAnswer();
    }

    // By itself, so that nothing keeps the body while the answer waits.
    private static async Task<SubmissionAnswer> TakeAsync(HttpContext context, LargeBodies bodies, TaskSubmissions submissions, CancellationToken cancellationToken)
    {
        if ((context.Request.RequireJson() ?? TaskCalls.CheckIdempotencyKey(context.Request)) is { } unusable)
        {
            return new SubmissionAnswer(default, false, unusable);
        }

        using var body = await bodies.ReadAsync(context, cancellationToken);
        TaskRequest request = null!;
        var problem = body.Problem ?? RequestBody.CheckValues(body.Bytes.Span) ?? RequestBody.TryDeserialize(body.Bytes.Span, VcpJson.Default.TaskRequest, out request);
        return problem is null
            ? await submissions.SubmitAsync(new Submission(request, TaskCalls.Idempotency(context, body.Bytes.Span)), context.Caller(), context.RequestAborted)
            : new SubmissionAnswer(default, false, problem);
    }

    private static async Task<Results<Ok<ComputeTask>, Accepted<ComputeTask>, ProblemAnswer>> AnswerAsync(
        HttpContext context,
        TaskService service,
        TaskId id,
        CancellationToken cancellationToken)
    {
        var wait = context.ApplyWait();
        var task = wait is null ? await service.FindAsync(id) : await service.WaitAsync(id, wait.Value, cancellationToken);
        var location = $"/api/v1/tasks/{id}";
        context.Response.Headers.Location = location;
        return TaskStates.IsFinal(task!.State) ? TypedResults.Ok(task) : TypedResults.Accepted(location, task);
    }

    private static Results<Ok<Page<ComputeTask>>, ProblemAnswer> List(string? state, string? label, int? limit, string? after, HttpContext context, TaskService service)
    {
        if (label?.IndexOf('=', StringComparison.Ordinal) < 1)
        {
            return Problems.MalformedRequest.Because("label must be name=value.").ToAnswer();
        }

        var wanted = label?.Split('=', 2) is [var name, var value] ? KeyValuePair.Create(name, value) : (KeyValuePair<string, string>?)null;
        if (state is not null && !TaskStates.All.Contains(state))
        {
            return Problems.MalformedRequest.Because($"state must be one of {string.Join(", ", TaskStates.All)}.").ToAnswer();
        }

        return ListQuery.TryParse(limit, after, out var query) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(service.List(context.Caller().OnlyTenant, state, wanted, query), task => new Cursor(task.Row.SubmittedAt.ToUnixTimeMilliseconds(), task.Row.Id.ToArray()), TaskViews.Create));
    }

    private static async Task<Results<Ok<ComputeTask>, ProblemAnswer>> GetAsync(string id, int? wait, HttpContext context, TaskService service, CancellationToken cancellationToken)
    {
        if ((WaitPreference.FromQuery(wait, out var duration) ?? (wait > 0 ? context.TryWait() : null)) is { } problem)
        {
            return problem.ToAnswer();
        }

        var task = !TaskId.TryParse(id, out var parsed) ? null
            : wait is null ? await service.FindAsync(parsed)
            : await service.WaitAsync(parsed, duration, cancellationToken);
        return task is null ? NotFound(id) : TypedResults.Ok(task);
    }

    private static async Task<Results<Ok<ComputeTask>, ProblemAnswer>> CancelAsync(string id, HttpContext context, TaskService service)
    {
        if (!TaskId.TryParse(id, out var parsed))
        {
            return NotFound(id);
        }

        var problem = await service.CancelAsync(parsed, context.Actor());
        return problem is null ? TypedResults.Ok((await service.FindAsync(parsed))!) : problem.ToAnswer();
    }

    private static Results<FileContentHttpResult, ProblemAnswer> GetInvocation(string id, TaskService service)
    {
        if (!TaskId.TryParse(id, out var parsed))
        {
            return NotFound(id);
        }

        var (invocation, problem) = service.FindInvocation(parsed);
        return problem is null ? TypedResults.Bytes(invocation!, MediaTypes.Cbor) : problem.ToAnswer();
    }

    private static ProblemAnswer NotFound(string id) =>
        Problems.TaskNotFound.Because(TaskId.TryParse(id, out _) ? $"There is no task {id}." : "A task's id is a lowercase UUID with hyphens.").ToAnswer();
}
