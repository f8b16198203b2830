using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>How a node makes itself known (docs/design/mesh.md). Open to anybody: what they take is small, and nothing is written before a proof is good.</summary>
internal static class NodeSessionEndpoints
{
    private const long MaxChallengeBytes = 1024;
    private const long MaxEnrolmentBytes = 64 * 1024;
    // In JSON a note is longer than it is.
    private const long MaxSessionBytes = MaxEnrolmentBytes + (2 * SignedNote.MaxSizeBytes);

    public static void MapNodeSessions(this RouteGroupBuilder api)
    {
        var nodes = api.MapGroup("/nodes").WithTags("Mesh");
        nodes.MapPost("/challenge", Challenge)
            .AllowWithoutKey()
            .ForJoining()
            .Accepts<ChallengeRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxChallengeBytes))
            .WithSummary("Something for a node to sign");
        nodes.MapPost("/", EnrolAsync)
            .AllowWithoutKey()
            .ForJoining()
            .Accepts<EnrolmentRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxEnrolmentBytes))
            .WithSummary("Enrol a node with a token");
        nodes.MapPost("/{id}/session", StartAsync)
            .AllowWithoutKey()
            .ForJoining()
            .Accepts<SessionRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxSessionBytes))
            .WithSummary("Start a node's session; the one before ends");
    }

    private static async Task<Results<Ok<ChallengeView>, ProblemAnswer>> Challenge(
        HttpRequest request,
        NodeChallenges challenges,
        LogKeys keys,
        IDatabase database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await request.ReadJsonAsync(VcpJson.Default.ChallengeRequest, cancellationToken);
        if (problem is not null)
        {
            return problem.ToAnswer();
        }

        if (!PublicKey.TryParse(body!.PublicKey, out var key))
        {
            return Problems.NodeInvalid.Because("publicKey must be an Ed25519 key, 32 bytes in base64url.").ToAnswer();
        }

        var session = database.Read(transaction => NodeSessionStore.Find(transaction, key.Id))?.Number ?? 0;
        return TypedResults.Ok(new ChallengeView(challenges.Create(key.Id, session), keys.Origin, keys.Verifier.ToString(), time.GetUtcNow()));
    }

    private static async Task<Results<Ok<NodeView>, Created<NodeView>, ProblemAnswer>> EnrolAsync(
        HttpRequest request,
        NodeJoining joining,
        NodeMetrics metrics,
        IDatabase database,
        ServerClock clock,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await request.ReadJsonAsync(VcpJson.Default.EnrolmentRequest, cancellationToken);
        var (node, isNew, refusal) = problem is null ? await joining.EnrolAsync(body!) : (null, false, problem);
        if (node is null)
        {
            metrics.Refused(refusal!.Kind.Code);
            return refusal.ToAnswer();
        }

        var view = NodeEndpoints.View(node, database, clock);
        return isNew ? TypedResults.Created($"/api/v1/nodes/{node.Id}", view) : TypedResults.Ok(view);
    }

    private static async Task<Results<Ok<SessionView>, ProblemAnswer>> StartAsync(
        string id,
        HttpRequest request,
        HttpResponse response,
        NodeRegistry registry,
        NodeSessionService sessions,
        NodeMetrics metrics,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await request.ReadJsonAsync(VcpJson.Default.SessionRequest, cancellationToken);
        if (registry.Find(id) is not { } node)
        {
            return NodeEndpoints.NotFound();
        }

        var (session, refusal) = problem is null ? await sessions.StartAsync(node, body!) : (null, problem);
        if (session is null)
        {
            metrics.Refused(refusal!.Kind.Code);
            return refusal.ToAnswer();
        }

        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(session);
    }
}
