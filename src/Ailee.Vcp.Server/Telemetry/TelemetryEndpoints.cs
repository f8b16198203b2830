using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Telemetry;

internal static class TelemetryEndpoints
{
    // Some ten thousand leases; nothing else in a heartbeat is large.
    private const int HeartbeatBytes = 512 * 1024;

    public static void MapTelemetry(this RouteGroupBuilder api)
    {
        var nodes = api.MapGroup("/nodes/{id}");
        nodes.MapPost("/heartbeat", HeartbeatAsync)
            .ForNodes()
            .WithTags("Mesh")
            .Accepts<HeartbeatRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(HeartbeatBytes))
            .WithSummary("A node says that it lives, what it works on and how its machine is");
        nodes.MapPost("/probes/{probe}", ProbeAsync)
            .ForNodes()
            .WithTags("Mesh")
            .Accepts<byte[]>(MediaTypes.Binary)
            .WithMetadata(new RequestSizeLimitAttribute(ProbeSchedule.BandwidthBytes))
            .WithSummary("A node answers a measurement that a heartbeat's answer asked for");
        nodes.MapGet("/telemetry", List).Needs(Scope.Nodes | Scope.Audit).WithTags("Nodes").WithSummary("What a node's sensors said, newest first, at most one sample a minute");
    }

    private static async Task<Results<HeartbeatAnswer, ProblemAnswer>> HeartbeatAsync(
        NodeId id, HttpRequest request, HeartbeatService heartbeats, ProbeService probes, CancellationToken cancellationToken)
    {
        var (heartbeat, problem) = await request.ReadJsonAsync(VcpJson.Default.HeartbeatRequest, cancellationToken);
        return problem is not null ? problem.ToAnswer() : new HeartbeatAnswer(id, heartbeats.Take(id, heartbeat!), probes);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> ProbeAsync(NodeId id, Guid probe, HttpRequest request, ProbeService probes, CancellationToken cancellationToken) =>
        await probes.TakeAsync(id, probe, request.BodyReader, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.ProbeNotFound.Because("It is not the one that was asked for last, or was answered, or came too late, or has another size than was asked for.").ToAnswer();

    private static Results<Ok<Page<TelemetrySample>>, ProblemAnswer> List(
        string id, string? from, string? to, int? limit, string? after, NodeRegistry registry, IDatabase database)
    {
        if (registry.Find(id) is not { Id: var node })
        {
            return NodeEndpoints.NotFound();
        }

        var problem = TimeRange.TryParse(from, to, out var range);
        problem = ListQuery.TryParse(limit, after, out var page) ?? problem;
        return problem is not null ? problem.ToAnswer() : TypedResults.Ok(page.ToPage(
            database.Read(transaction => TelemetryStore.List(transaction, node, range.From, range.To, page)),
            sample => new Cursor(sample.MeasuredAt.ToUnixTimeMilliseconds(), node.Thumbprint.ToArray()),
            sample => sample));
    }
}
