using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskOutputEndpoints
{
    public static void MapTaskOutput(this RouteGroupBuilder tasks)
    {
        tasks.MapGet("/{id}/output", Get)
            .WithSummary("Stdout, with ?stream=stderr the other stream, or a Range of it; with 'Accept: application/cbor' the exact bytes under the output digest")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Binary, MediaTypes.Cbor)
            .Produces<byte[]>(StatusCodes.Status206PartialContent, MediaTypes.Binary, MediaTypes.Cbor);
        tasks.MapGet("/{id}/output/proof", Prove)
            .WithSummary("A part of stdout, of ?stream=stderr or of a ?file=, with what shows that the proof commits to it");
    }

    private static Results<ContentAnswer, ProblemAnswer> Get(string id, string? stream, HttpContext context, TaskService service)
    {
        if (OutputBlobName.TryParse(stream, null) is not { } name)
        {
            return NoSuchStream().ToAnswer();
        }

        if (service.CheckCompleted(id, out var task) is { } problem)
        {
            return problem.ToAnswer();
        }

        context.Response.Headers.Vary = HeaderNames.Accept;
        if (context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypes.Cbor))
        {
            return service.FindOutputRecord(task) is not { } record ? TaskService.Expired().ToAnswer() : new ContentAnswer(new MemoryStream(record), MediaTypes.Cbor, Digest.Of(record));
        }

        return service.OpenStream(task, name.Stream!) is var (content, digest) ? new ContentAnswer(content, MediaTypes.Binary, digest) : TaskService.Expired().ToAnswer();
    }

    private static Results<Ok<OutputProofView>, ProblemAnswer> Prove(string id, string? stream, string? file, long? offset, long? length, TaskService service, OutputProofs proofs)
    {
        if (OutputBlobName.TryParse(stream, file) is not { } name)
        {
            return (file is null ? NoSuchStream() : Problems.MalformedRequest.Because("Ask for a stream or for a file, not for both.")).ToAnswer();
        }

        if (service.CheckCompleted(id, out var task) is { } missing)
        {
            return missing.ToAnswer();
        }

        var (view, problem) = proofs.Prove(task, name, offset ?? 0, length);
        return problem is null ? TypedResults.Ok(view!) : problem.ToAnswer();
    }

    private static Problem NoSuchStream() => Problems.MalformedRequest.Because("stream must be stdout or stderr.");
}
