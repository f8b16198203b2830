using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Traces;

internal static class TraceEndpoints
{
    public static void MapTraces(this RouteGroupBuilder api)
    {
        var traces = api.MapGroup("/tasks/{id}/trace").WithTags("Tasks").Needs(Scope.Read);
        traces.MapGet("/", ListAsync)
            .WithSummary("What the guest did at its boundary, in order; with 'Accept: application/cbor-seq' the whole trace as a file")
            .Produces<Page<TraceEntry>>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.CborSequence);
        traces.MapGet("/{index}", LeafAsync)
            .WithSummary("One leaf of the trace with its inclusion path; with 'Accept: application/cbor' its bytes")
            .Produces<TraceLeafView>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Cbor);
    }

    private static async Task<Results<Ok<Page<TraceEntry>>, FileStreamHttpResult, ProblemAnswer>> ListAsync(
        string id, int? limit, string? after, HttpRequest request, TraceService service, CancellationToken cancellationToken)
    {
        if (!TaskId.TryParse(id, out var task))
        {
            return NotFound();
        }

        if (Accepts(request, MediaTypes.CborSequence))
        {
            var (file, refusal) = service.File(task);
            return refusal is null ? TypedResults.Stream(file!, MediaTypes.CborSequence, $"{task}.trace") : refusal.ToAnswer();
        }

        var isCursor = TraceCursor.TryParse(after, out var cursor);
        var malformed = ListQuery.TryParse(limit, null, out var query)
            ?? (isCursor ? null : Problems.MalformedRequest.Because("after must be the 'next' of an earlier answer."));
        var (page, problem) = malformed is null ? await service.PageAsync(request.HttpContext.Caller().Tenant, task, cursor, query.Limit, cancellationToken) : (null, malformed);
        return problem is null ? TypedResults.Ok(page!) : problem.ToAnswer();
    }

    private static async Task<Results<Ok<TraceLeafView>, FileContentHttpResult, ProblemAnswer>> LeafAsync(
        string id, string index, HttpRequest request, TraceService service, CancellationToken cancellationToken)
    {
        if (!TaskId.TryParse(id, out var task))
        {
            return NotFound();
        }

        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return Problems.TraceLeafNotFound.Because("A leaf is named by its index, a number from 0.").ToAnswer();
        }

        var (view, bytes, problem) = await service.LeafAsync(request.HttpContext.Caller().Tenant, task, number, cancellationToken);
        return problem is not null ? problem.ToAnswer()
            : Accepts(request, MediaTypes.Cbor) ? TypedResults.Bytes(bytes, MediaTypes.Cbor)
            : TypedResults.Ok(view);
    }

    private static bool Accepts(HttpRequest request, string mediaType) => request.GetTypedHeaders().Accept.Any(type => type.MediaType == mediaType);

    private static ProblemAnswer NotFound() => Problems.TaskNotFound.Because("A task's id is a lowercase UUID with hyphens.").ToAnswer();
}
