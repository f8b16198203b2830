using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Proofs;

internal static class ProofEndpoints
{
    public static void MapProofs(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<SandboxOptions>>().Value;
        var proofs = api.MapGroup("/proofs").WithTags("Proofs");
        proofs.MapGet("/", List).WithSummary("List statements, newest first, by task, module or node");
        proofs.MapGet("/{id}", GetAsync)
            .WithSummary("A statement in words; with 'Accept: application/scitt-statement+cose' the COSE file with the log's receipt")
            .Produces<ProofView>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Statement);
        proofs.MapPost("/verify", VerifyAsync)
            .Accepts<VerifyRequest>(MediaTypes.Json, MediaTypes.Statement)
            // Base64 of a module, an input and both outputs.
            .WithMetadata(new RequestSizeLimitAttribute(2L * (options.ModuleBytes + (2L * options.InputBytes) + options.StdoutBytes + options.StderrBytes)))
            .WithSummary("Verify any statement: the COSE file itself, or JSON with what else is known");
    }

    private static Results<Ok<Page<ProofView>>, ProblemAnswer> List(string? task, string? module, string? node, int? limit, string? after, IDatabase database)
    {
        var problem = ParseFilter(task, module, node, out var filter);
        problem = ListQuery.TryParse(limit, after, out var query) ?? problem;
        return problem is not null
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(
                database.Read(transaction => ProofStore.List(transaction, filter, query)),
                proof => proof.Cursor,
                proof => ProofViews.Create(proof.Statement)));
    }

    private static async Task<Results<Ok<ProofView>, FileContentHttpResult, ProblemAnswer>> GetAsync(
        string id,
        HttpContext context,
        IDatabase database,
        LogReceipts receipts,
        PublishedLog log,
        CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(id, out var digest) || database.Read(transaction => ProofStore.FindAny(transaction, digest)) is not { } statement)
        {
            return Problems.ProofNotFound.Because("A proof's id is 'sha256:' and the SHA-256 of its statement in hexadecimal.").ToAnswer();
        }

        if (!context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypes.Statement))
        {
            return TypedResults.Ok(ProofViews.Create(statement) with { Log = receipts.Find(digest) });
        }

        var wait = context.ApplyWait() ?? TimeSpan.Zero;
        return await receipts.AddAsync(statement, wait, cancellationToken) is { } file
            ? TypedResults.Bytes(file, MediaTypes.Statement, $"{digest.ToHex()[..16]}.cose")
            : log.Tree.ReadOnly is { } reason ? (Problems.LogReadOnly.Because(reason) with { RetryAfterSeconds = LogReadOnly.RetryAfterSeconds }).ToAnswer()
            : (Problems.ProofNotIntegrated.Because("The log's next checkpoint will cover it; ask again, or with 'Prefer: wait=10'.") with { RetryAfterSeconds = 1 }).ToAnswer();
    }

    private static async Task<Results<Ok<VerifyResponse>, ProblemAnswer>> VerifyAsync(HttpRequest request, ServerMetrics metrics, CancellationToken cancellationToken)
    {
        var mediaType = request.MediaType();
        if (mediaType is not (MediaTypes.Json or MediaTypes.Statement))
        {
            return Problems.UnsupportedMediaType.Because($"A statement is sent as {MediaTypes.Statement}, or within {MediaTypes.Json}.").ToAnswer();
        }

        var body = await request.ReadBytesAsync(cancellationToken);
        var (statement, evidence) = (body, Evidence.None);
        if (mediaType == MediaTypes.Json && VerifyRequests.Parse(body, out statement, out evidence) is { } problem)
        {
            return problem.ToAnswer();
        }

        var report = StatementVerifier.Verify(statement, evidence);
        metrics.Verified(report);
        return TypedResults.Ok(ProofViews.Create(report));
    }

    private static Problem? ParseFilter(string? task, string? module, string? node, out ProofFilter filter)
    {
        var (taskOk, moduleOk, nodeOk) = (TaskId.TryParse(task, out var taskId), Digest.TryParse(module, out var digest), NodeId.TryParse(node, out var nodeId));
        filter = new ProofFilter(taskOk ? taskId : null, moduleOk ? digest : null, nodeOk ? nodeId : null);
        return (task is not null && !taskOk) ? Problems.MalformedRequest.Because("task must be a task's id.")
            : (module is not null && !moduleOk) ? Problems.MalformedRequest.Because("module must be a module's digest.")
            : (node is not null && !nodeOk) ? Problems.MalformedRequest.Because("node must be a node's id.")
            : null;
    }
}
