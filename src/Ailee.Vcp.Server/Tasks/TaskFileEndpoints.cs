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
            .WithSummary("The files that came back; with 'Accept: application/x-tar' all of them as a tar")
            .Produces<Page<TaskFile>>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Tar);
        tasks.MapGet("/{id}/files/{**path}", Get)
            .WithSummary("The bytes of a file that came back")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Binary);
    }

    private static Results<Ok<Page<TaskFile>>, PushStreamHttpResult, ProblemAnswer> List(string id, HttpRequest request, TaskService service)
    {
        if (Decided(id, service, out var task) is { } problem)
        {
            return problem.ToAnswer();
        }

        var files = service.ListFiles(task);
        return request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypes.Tar)
            ? TypedResults.Stream(body => WriteTarAsync(body, task, files, service, request.HttpContext.RequestAborted), MediaTypes.Tar, $"{task}.tar")
            : TypedResults.Ok(new Page<TaskFile>(files, null));
    }

    private static Results<FileStreamHttpResult, ProblemAnswer> Get(string id, string path, HttpResponse response, TaskService service)
    {
        if (Decided(id, service, out var task) is { } problem)
        {
            return problem.ToAnswer();
        }

        if (service.FindFile(task, path) is not { } file)
        {
            return Problems.FileNotFound.Because("GET /tasks/{id}/files lists what came back.").ToAnswer();
        }

        // A guest wrote it: no browser may take it for a page of ours.
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = file.SizeBytes;
        return TypedResults.Stream(service.OpenFile(task, file), MediaTypes.Binary, BundlePathName(file.Path));
    }

    private static Problem? Decided(string id, TaskService service, out TaskId task)
    {
        if (!TaskId.TryParse(id, out task) || service.Find(task) is not { } found)
        {
            return Problems.TaskNotFound.Because($"There is no such task; a task's id is a lowercase UUID with hyphens.");
        }

        return found.State == TaskStates.Completed ? null : Problems.TaskUndecided.Because($"It is {found.State}.");
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
