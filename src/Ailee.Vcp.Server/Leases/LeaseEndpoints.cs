using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Leases;

/// <summary>The calls of nodes about work (docs/design/mesh.md).</summary>
internal static class LeaseEndpoints
{
    private const int MostLeases = 1024;
    private const int MostResultBytes = 1024 * 1024;

    public static void MapLeases(this RouteGroupBuilder api)
    {
        api.MapPost("/nodes/{id}/leases", PollAsync).WithTags("Mesh").ForNodes().Accepts<LeasePoll>(MediaTypes.Json)
            .WithSummary("Wait for work; the same request again gets the same leases");
        var leases = api.MapGroup("/leases/{lease:guid}").WithTags("Mesh");
        leases.MapGet("/module", GetModule).ForNodes().WithSummary("The module of a lease").Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Wasm);
        leases.MapGet("/bundle", GetBundle).ForNodes().WithSummary("The bundle of a lease").Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Tar);
        leases.MapGet("/stdin", GetStdin).ForNodes().WithSummary("The stdin of a lease").Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Binary);
        leases.MapPost("/result", ReportAsync).ForNodes().Accepts<ResultRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MostResultBytes))
            .WithSummary("Hand in what came of a lease");
        leases.MapPut("/output", PutOutputAsync).ForNodes().Accepts<byte[]>(MediaTypes.Cbor)
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithSummary("Hand in the output that belongs to a result, if it is wanted");
    }

    private static async Task<Results<Ok<LeaseGrant>, ProblemAnswer>> PollAsync(
        string id, int? wait, HttpContext context, LeaseService service, LeaseTable leases, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var problem = WaitPreference.FromQuery(wait, out var duration) ?? context.Request.RequireJson();
        LeasePoll poll = null!;
        problem ??= RequestBody.TryDeserialize((await context.Request.ReadBytesAsync(cancellationToken)).Span, VcpJson.Default.LeasePoll, out poll);
        if (problem is null && poll.Most is < 1 or > MostLeases)
        {
            problem = Problems.MalformedRequest.Because($"most must be between 1 and {MostLeases}.");
        }

        // A poll that waits is answered with nothing; the next one would be too, again and again.
        problem ??= lifetime.ApplicationStopping.IsCancellationRequested
            ? Problems.ShuttingDown.Because("It grants no more leases, but takes results.") with { RetryAfterSeconds = Problems.RestartSeconds }
            : null;
        if (problem is not null)
        {
            return problem.ToAnswer();
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            var (offers, auctions) = await service.PollAsync(context.CallingNode(), poll, duration, end.Token);
            return TypedResults.Ok(new LeaseGrant(offers, leases.TakeRevoked(context.CallingNode()), auctions));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Ok(new LeaseGrant([], [], []));
        }
    }

    private static Results<FileContentHttpResult, ProblemAnswer> GetModule(Guid lease, HttpContext context, IDatabase database) =>
        Find(context, database, lease) is { } attempt && database.Read(transaction => ModuleStore.FindContent(transaction, attempt.Module)) is { } module
            ? TypedResults.Bytes(module, MediaTypes.Wasm)
            : Unknown();

    private static Results<FileStreamHttpResult, ProblemAnswer> GetBundle(Guid lease, HttpContext context, IDatabase database, BundleService bundles) =>
        Find(context, database, lease) is { Bundle: { } bundle } && bundles.Open(bundle) is { } tar ? TypedResults.Stream(tar, MediaTypes.Tar) : Unknown();

    private static Results<FileContentHttpResult, ProblemAnswer> GetStdin(Guid lease, HttpContext context, IDatabase database) =>
        Find(context, database, lease) is { } attempt && database.Read(transaction => TaskStore.FindInput(transaction, attempt.Task)) is { } input
            ? TypedResults.Bytes(input.Stdin, MediaTypes.Binary)
            : Unknown();

    private static async Task<Results<Ok<LeaseReceipt>, ProblemAnswer>> ReportAsync(
        Guid lease, HttpContext context, NodeRegistry nodes, ResultIntake intake, CancellationToken cancellationToken)
    {
        var problem = context.Request.RequireJson();
        ResultRequest result = null!;
        problem ??= RequestBody.TryDeserialize((await context.Request.ReadBytesAsync(cancellationToken)).Span, VcpJson.Default.ResultRequest, out result);
        problem ??= ResultRules.ProblemOf(result);
        return problem is null
            ? TypedResults.Ok(await intake.ReportAsync(nodes.Find(context.CallingNode())!.Row.PublicKey, ResultRules.ToReport(lease, result), cancellationToken))
            : problem.ToAnswer();
    }

    private static async Task<Results<NoContent, ProblemAnswer>> PutOutputAsync(
        Guid lease, HttpContext context, IDatabase database, NodeRegistry nodes, OutputUploads uploads, ResultIntake intake, CancellationToken cancellationToken)
    {
        if (Find(context, database, lease) is not { } attempt)
        {
            return Unknown();
        }

        if (ResultIntake.EndOf(attempt) is { } end)
        {
            // Before it takes memory for a body that nobody wants.
            return Refused(end).ToAnswer();
        }

        var key = nodes.Find(context.CallingNode())!.Row.PublicKey;
        var limits = Invocation.TryDecode(attempt.Invocation, out _)!.Limits;
        var problem = await uploads.TakeAsync(
            context.Request,
            limits,
            async content => await intake.TakeOutputAsync(key, lease, content) is { } failure ? Refused(failure) : null,
            cancellationToken);
        return problem is null ? TypedResults.NoContent() : problem.ToAnswer();
    }

    private static Attempt? Find(HttpContext context, IDatabase database, Guid lease) =>
        database.Read(transaction => AttemptStore.Find(transaction, lease)) is { } attempt && attempt.Node == context.CallingNode() ? attempt : null;

    private static Problem Refused(string failure) => Problems.OutputRefused.Because($"It is refused: {failure}.");

    private static ProblemAnswer Unknown() => Problems.LeaseNotFound.Because("The node has no such lease, or there is nothing of the kind with it.").ToAnswer();
}
