using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskFileEndpoints
{
    public static void MapTaskFiles(this RouteGroupBuilder tasks)
    {
        tasks.MapGet("/{id}/files", List)
            .WithSummary("A page of the files that came back; with 'Accept: application/x-tar' all of them as a tar")
            .Produces<Page<TaskFile>>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Tar);
        tasks.MapGet("/{id}/files/{**path}", Get)
            .WithSummary("The bytes of a file that came back, or a Range of them")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Binary)
            .Produces<byte[]>(StatusCodes.Status206PartialContent, MediaTypes.Binary);
    }

    private static Results<Ok<Page<TaskFile>>, PushStreamHttpResult, ProblemAnswer> List(string id, int? limit, string? after, HttpRequest request, TaskService service)
    {
        if (service.CheckCompleted(id, out var task) is { } problem)
        {
            return problem.ToAnswer();
        }

        if (request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypes.Tar))
        {
            var files = service.ListFiles(task);
            return TypedResults.Stream(body => WriteTarAsync(body, task, files, service, request.HttpContext.RequestAborted), MediaTypes.Tar, $"{task}.tar");
        }

        if (ListQuery.TryParse(limit, after, out var query) is { } wrong)
        {
            return wrong.ToAnswer();
        }

        return FromOf(query.After, task, out var from) is { } foreign
            ? foreign.ToAnswer()
            : TypedResults.Ok(Page(service.ListFiles(task, from, query.Limit + 1L), task, from, query));
    }

    // What came back stays as it is, so a number is a place; the task is in the cursor so that one of another task is noticed.
    private static Page<TaskFile> Page(List<TaskFile> files, TaskId task, long from, ListQuery query) =>
        query.ToPage(files, _ => new Cursor(from + query.Limit, task.ToArray()), file => file);

    private static Problem? FromOf(Cursor after, TaskId task, out long from)
    {
        from = after == Cursor.Newest ? 0 : after.CreatedMs;
        return after == Cursor.Newest || (from >= 0 && after.Id.AsSpan().SequenceEqual(task.ToArray()))
            ? null
            : Problems.MalformedRequest.Because("after must be the 'next' of an earlier answer.");
    }

    private static Results<ContentAnswer, ProblemAnswer> Get(string id, string path, TaskService service)
    {
        if (service.CheckCompleted(id, out var task) is { } problem)
        {
            return problem.ToAnswer();
        }

        return service.FindFile(task, path) is { } file
            ? new ContentAnswer(service.OpenFile(task, file), MediaTypes.Binary, Digest.Parse(file.Digest), BundlePathName(file.Path))
            : Problems.FileNotFound.Because("GET /tasks/{id}/files lists what came back.").ToAnswer();
    }

    private static string BundlePathName(string path) => path[(path.LastIndexOf('/') + 1)..];

    // Without the directories: who unpacks makes them.
    private static async Task WriteTarAsync(Stream body, TaskId task, List<TaskFile> files, TaskService service, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            await body.WriteAsync(BundleTarWriter.Headers(file.Path, BundleEntryKind.File, file.SizeBytes, null), cancellationToken);
            await using var content = service.OpenFile(task, file);
            await content.CopyToAsync(body, cancellationToken);
            await body.WriteAsync(BundleTarWriter.Padding(file.SizeBytes), cancellationToken);
        }

        await body.WriteAsync(BundleTarWriter.End, cancellationToken);
    }
}
