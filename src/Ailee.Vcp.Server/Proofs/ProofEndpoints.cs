using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Proofs;

internal static class ProofEndpoints
{
    /// <summary>What is said where there is no such proof, or none that the caller may see.</summary>
    public const string NoProof = "A proof's id is 'sha256:' and the SHA-256 of its statement in hexadecimal.";

    public static void MapProofs(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<SandboxOptions>>().Value;
        var proofs = api.MapGroup("/proofs").WithTags("Proofs").Needs(Scope.Read);
        proofs.MapGet("/", List).WithSummary("List statements, newest first, by task, module or node");
        proofs.MapGet("/{id}", GetAsync)
            .WithSummary("A statement in words; with 'Accept: application/scitt-statement+cose' the COSE file with the log's receipt")
            .Produces<ProofView>()
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Statement);
        proofs.MapPost("/verify", VerifyAsync)
            .Accepts<VerifyRequest>(MediaTypes.Json, MediaTypes.Statement)
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes(options)))
            .WithSummary("Verify any statement: the COSE file itself, or JSON with what else is known");
    }

    private static Results<Ok<Page<ProofView>>, ProblemAnswer> List(string? task, string? module, string? node, int? limit, string? after, HttpContext context, IDatabase database)
    {
        var problem = ParseFilter(task, module, node, out var filter);
        problem = ListQuery.TryParse(limit, after, out var query) ?? problem;
        return problem is not null
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(
                database.Read(transaction => ProofStore.List(transaction, context.Caller().OnlyTenant, filter, query)),
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
            return Problems.ProofNotFound.Because(NoProof).ToAnswer();
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

    private static async Task<Results<Ok<VerifyResponse>, ProblemAnswer>> VerifyAsync(
        HttpContext context, VerifyPlaces places, IOptions<SandboxOptions> options, ServerMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var mediaType = request.MediaType();
        if (mediaType is not (MediaTypes.Json or MediaTypes.Statement))
        {
            return Problems.UnsupportedMediaType.Because($"A statement is sent as {MediaTypes.Statement}, or within {MediaTypes.Json}.").ToAnswer();
        }

        using var place = new VerifyPlace(places, WorkPlaces.ShareOf(context.Caller()));
        if (place.TryHold(request.ContentLength ?? 0) is { } busy)
        {
            return busy.ToAnswer();
        }

        var most = Math.Min(request.ContentLength ?? long.MaxValue, MostBytes(options.Value));
        var ((body, refusal), late) = await BodyDeadline.ReadAsync(token => request.ReadBytesAsync(place.TryHold, token), most, time, cancellationToken);
        var (report, problem) = (late ?? refusal) is { } unread ? (null, unread) : Verify(mediaType == MediaTypes.Json, body, options.Value);
        if (problem is not null)
        {
            return problem.ToAnswer();
        }

        metrics.Verified(report!);
        return TypedResults.Ok(ProofViews.Create(report!));
    }

    private static (VerificationReport? Report, Problem? Problem) Verify(bool isJson, ReadOnlyMemory<byte> body, SandboxOptions options)
    {
        var (statement, evidence) = (body, Evidence.None);
        var problem = isJson ? VerifyRequests.Parse(body, options, out statement, out evidence) : VerifyRequests.Check(body, Evidence.None, options);
        return problem is null ? (StatementVerifier.Verify(statement, evidence), null) : (null, problem);
    }

    // Base64 of a module, an input and both outputs.
    private static long MostBytes(SandboxOptions options) => 2L * (options.ModuleBytes + (2L * options.InputBytes) + options.StdoutBytes + options.StderrBytes);

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
