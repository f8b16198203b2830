using System.Buffers.Binary;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Nodes as clients see them. What nodes call themselves is in <see cref="NodeSessionEndpoints"/>.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this RouteGroupBuilder api)
    {
        var nodes = api.MapGroup("/nodes").WithTags("Nodes");
        nodes.MapGet("/", List).Needs(Scope.Read).WithSummary("List nodes, newest first, by any of owner and state");
        nodes.MapGet("/{id}", Get).Needs(Scope.Read).WithSummary("One node");
        nodes.MapGet("/{id}/events", ListEvents).Needs(Scope.Nodes | Scope.Audit).WithSummary("What changed a node's reputation and standing, newest first");
        nodes.MapNodeOperation();
    }

    /// <summary>The answer for an id that is no node's.</summary>
    public static ProblemAnswer NotFound() => Problems.NodeNotFound.Because("A node's id is the thumbprint of its key, 43 base64url characters.").ToAnswer();

    /// <summary>The node of an id in a path.</summary>
    public static LiveNode? Find(this NodeRegistry registry, string id) => NodeId.TryParse(id, out var parsed) ? registry.Find(parsed) : null;

    /// <summary>A node as it is now.</summary>
    public static NodeView View(LiveNode node, IDatabase database, ServerClock clock) =>
        NodeViews.Create(node, database.Read(NodeStore.CountRunning).GetValueOrDefault(node.Id), clock.Now);

    private static Results<Ok<Page<NodeView>>, ProblemAnswer> List(string? owner, string? state, int? limit, string? after, NodeRegistry registry, IDatabase database, ServerClock clock)
    {
        if (state is not null && !NodeStates.All.Contains(state))
        {
            return Problems.MalformedRequest.Because($"state must be one of {string.Join(", ", NodeStates.All)}.").ToAnswer();
        }

        if (ListQuery.TryParse(limit, after, out var query) is { } problem)
        {
            return problem.ToAnswer();
        }

        var now = clock.Now;
        var running = database.Read(NodeStore.CountRunning);
        var nodes = registry.All()
            .Where(node => (owner is null || node.Row.Owner == owner) && (state is null || node.State(now) == state))
            .Select(node => (Node: node, Cursor: CursorOf(node)))
            .OrderByDescending(entry => entry.Cursor.CreatedMs).ThenByDescending(entry => entry.Node.Id.Thumbprint, Digest.Order)
            .Where(entry => IsAfter(entry.Cursor, query.After))
            .Take(query.Limit + 1)
            .ToList();
        return TypedResults.Ok(query.ToPage(nodes, entry => entry.Cursor, entry => NodeViews.Create(entry.Node, running.GetValueOrDefault(entry.Node.Id), now)));
    }

    private static Results<Ok<NodeView>, ProblemAnswer> Get(string id, NodeRegistry registry, IDatabase database, ServerClock clock) =>
        registry.Find(id) is { } node ? TypedResults.Ok(View(node, database, clock)) : NotFound();

    private static Results<Ok<Page<NodeEventView>>, ProblemAnswer> ListEvents(string id, int? limit, string? after, NodeRegistry registry, IDatabase database)
    {
        if (registry.Find(id) is not { } node)
        {
            return NotFound();
        }

        if (ListQuery.TryParse(limit, after, out var query) is { } problem)
        {
            return problem.ToAnswer();
        }

        var before = BinaryPrimitives.ReadInt64BigEndian(query.After.Id) is >= 0 and var last ? last : long.MaxValue;
        var events = database.Read(transaction => NodeEventStore.List(transaction, node.Id, before, query.Limit + 1));
        return TypedResults.Ok(query.ToPage(events, CursorOf, NodeViews.Create));
    }

    private static Cursor CursorOf(LiveNode node) => new(node.Row.EnrolledAt.ToUnixTimeMilliseconds(), node.Id.Thumbprint.ToArray());

    private static Cursor CursorOf(NodeEvent happened)
    {
        // A cursor's id has 16 bytes or more.
        var id = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(id, happened.Id);
        return new Cursor(happened.At.ToUnixTimeMilliseconds(), id);
    }

    private static bool IsAfter(Cursor place, Cursor last) =>
        place.CreatedMs < last.CreatedMs || (place.CreatedMs == last.CreatedMs && place.Id.AsSpan().SequenceCompareTo(last.Id) < 0);
}
