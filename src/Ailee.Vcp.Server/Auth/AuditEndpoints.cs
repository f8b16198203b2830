using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The audit trail as it is read. Nothing takes events away but <see cref="AccessUpkeep"/>, by age.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder api) =>
        api.MapGet("/audit", List).Needs(Scope.Audit).WithTags("Keys").WithSummary("Who was let in, turned away or changed what, newest first, by any of kind and actor");

    private static Results<Ok<Page<AuditEventView>>, ProblemAnswer> List(string? kind, string? actor, int? limit, string? after, IDatabase database)
    {
        if (kind is not null && !AuditKinds.All.Contains(kind))
        {
            return Problems.MalformedRequest.Because($"kind must be one of {string.Join(", ", AuditKinds.All)}.").ToAnswer();
        }

        return ListQuery.TryParse(limit, after, out var query) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(database.Read(transaction => AuditEvents.List(transaction, kind, actor, query)), AuditEvents.CursorOf, happened => happened));
    }
}
