using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>What an operator does with nodes.</summary>
internal static class NodeOperationEndpoints
{
    private const long MaxBodyBytes = 4096;
    private const string DefaultReason = "removed by the operator";

    public static void MapNodeOperation(this RouteGroupBuilder nodes)
    {
        nodes.MapPost("/tokens", CreateTokenAsync).Needs(Scope.Nodes)
            .Accepts<JoinTokenRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Make a token that enrols one node");
        nodes.MapPost("/{id}/drain", DrainAsync).Needs(Scope.Nodes).WithSummary("Give a node no new leases");
        nodes.MapPost("/{id}/quarantine", QuarantineAsync).Needs(Scope.Nodes)
            .Accepts<QuarantineRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Give a node no new leases and count none of its results, until it is released");
        nodes.MapPost("/{id}/release", ReleaseAsync).Needs(Scope.Nodes).WithSummary("End a quarantine or a draining");
        nodes.MapDelete("/{id}", RemoveAsync).Needs(Scope.Nodes).WithSummary("Remove a node for good");
        nodes.MapPost("/{id}/rotate", RotateAsync).Needs(Scope.Nodes)
            .Accepts<RotationRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Let a node go on under another key; answers the new node");
    }

    private static async Task<Results<Created<JoinTokenView>, ProblemAnswer>> CreateTokenAsync(HttpContext context, JoinTokens tokens, CancellationToken cancellationToken)
    {
        var (body, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.JoinTokenRequest, cancellationToken);
        var (token, refusal) = problem is null ? await tokens.CreateAsync(body!, context.Actor()) : (null, problem);
        context.Response.Headers.CacheControl = "no-store";
        return token is null ? refusal!.ToAnswer() : TypedResults.Created((string?)null, token);
    }

    private static Task<Results<Ok<NodeView>, ProblemAnswer>> DrainAsync(string id, HttpContext context, NodeStanding standing, NodeAnswers nodes) =>
        nodes.AnswerAsync(id, node => standing.DrainAsync(node, context.Actor()));

    private static async Task<Results<Ok<NodeView>, ProblemAnswer>> QuarantineAsync(string id, HttpContext context, NodeStanding standing, NodeAnswers nodes, CancellationToken cancellationToken)
    {
        var (body, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.QuarantineRequest, cancellationToken);
        problem ??= NodeFields.CheckReason(body!.Reason);
        return problem is null ? await nodes.AnswerAsync(id, node => standing.QuarantineAsync(node, body!.Reason, context.Actor())) : problem.ToAnswer();
    }

    private static Task<Results<Ok<NodeView>, ProblemAnswer>> ReleaseAsync(string id, HttpContext context, NodeStanding standing, NodeAnswers nodes) =>
        nodes.AnswerAsync(id, node => standing.ReleaseAsync(node, context.Actor()));

    private static async Task<Results<Ok<NodeView>, ProblemAnswer>> RemoveAsync(string id, string? reason, HttpContext context, NodeStanding standing, NodeAnswers nodes) =>
        NodeFields.CheckReason(reason ?? DefaultReason) is { } problem
            ? problem.ToAnswer()
            : await nodes.AnswerAsync(id, node => standing.RemoveAsync(node, reason ?? DefaultReason, context.Actor()));

    private static async Task<Results<Ok<NodeView>, ProblemAnswer>> RotateAsync(string id, HttpContext context, NodeStanding standing, NodeAnswers nodes, CancellationToken cancellationToken)
    {
        var (body, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.RotationRequest, cancellationToken);
        if (problem is not null)
        {
            return problem.ToAnswer();
        }

        return PublicKey.TryParse(body!.PublicKey, out var key)
            ? await nodes.AnswerAsync(id, node => standing.RotateAsync(node, key, context.Actor()), key.Id)
            : Problems.NodeInvalid.Because("publicKey must be an Ed25519 key, 32 bytes in base64url.").ToAnswer();
    }
}
