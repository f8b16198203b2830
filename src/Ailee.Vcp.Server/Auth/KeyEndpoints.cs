using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Auth;

/// <summary>API keys as administrators manage them, also while the server needs none, so that there are some before it is opened.</summary>
internal static class KeyEndpoints
{
    private const long MaxBodyBytes = 4096;

    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Keys").Needs(Scope.Admin);
        keys.MapPost("/", CreateAsync)
            .Accepts<KeyRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Make an API key; only this answer has its secret");
        keys.MapGet("/", List).WithSummary("List API keys, newest first, revoked ones too");
        keys.MapGet("/{id}", Get).WithSummary("One API key");
        keys.MapPost("/{id}/rotate", RotateAsync)
            .Accepts<KeyRotationRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithSummary("Make a key that takes the place of another; only this answer has its secret");
        keys.MapDelete("/{id}", RevokeAsync).WithSummary("Revoke an API key");
    }

    private static async Task<Results<Created<KeyView>, ProblemAnswer>> CreateAsync(HttpContext context, KeyChanges changes, CancellationToken cancellationToken)
    {
        var (body, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.KeyRequest, cancellationToken);
        var (key, refusal) = problem is null ? await changes.CreateAsync(context.Actor(), body!) : (null, problem);
        return Made(context, key, refusal);
    }

    private static Results<Ok<Page<KeyView>>, ProblemAnswer> List(int? limit, string? after, IDatabase database, ApiKeys keys) =>
        ListQuery.TryParse(limit, after, out var query) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(database.Read(transaction => KeyStore.List(transaction, query)), KeyStore.CursorOf, key => KeyViews.Create(key, keys.UsedAt(key.Id))));

    private static Results<Ok<KeyView>, ProblemAnswer> Get(string id, IDatabase database, ApiKeys keys) =>
        database.Read(transaction => KeyStore.Find(transaction, id)) is { } key ? TypedResults.Ok(KeyViews.Create(key, keys.UsedAt(id))) : KeyChanges.NotFound(id).ToAnswer();

    private static async Task<Results<Created<KeyView>, ProblemAnswer>> RotateAsync(string id, HttpContext context, KeyChanges changes, CancellationToken cancellationToken)
    {
        var (body, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.KeyRotationRequest, cancellationToken);
        problem ??= KeyFields.CheckGrace(body!.GraceSeconds ?? 0);
        var (key, refusal) = problem is null ? await changes.RotateAsync(context.Actor(), id, TimeSpan.FromSeconds(body!.GraceSeconds ?? 0)) : (null, problem);
        return Made(context, key, refusal);
    }

    private static async Task<Results<Ok<KeyView>, ProblemAnswer>> RevokeAsync(string id, HttpContext context, KeyChanges changes)
    {
        var (key, problem) = await changes.RevokeAsync(context.Actor(), id);
        return key is null ? problem!.ToAnswer() : TypedResults.Ok(key);
    }

    private static Results<Created<KeyView>, ProblemAnswer> Made(HttpContext context, KeyView? key, Problem? problem)
    {
        context.Response.Headers.CacheControl = "no-store";
        return key is null ? problem!.ToAnswer() : TypedResults.Created($"/api/v1/keys/{key.Id}", key);
    }
}
