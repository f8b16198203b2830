using System.Globalization;
using System.Net.Http.Json;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Client;

/// <summary>Nodes, as clients and operators see them.</summary>
public sealed partial class VcpClient
{
    /// <summary>Lists the newest nodes.</summary>
    public Task<Page<NodeView>> ListNodesAsync(CancellationToken cancellationToken) => ListNodesAsync(null, null, null, null, cancellationToken);

    /// <summary>Lists nodes, newest first, by any of owner and state.</summary>
    public Task<Page<NodeView>> ListNodesAsync(string? owner, string? state, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(
            Get($"nodes{Query(("owner", owner), ("state", state), ("limit", limit?.ToString()), ("after", after))}"),
            VcpJson.Default.PageNodeView,
            cancellationToken);

    /// <summary>One node.</summary>
    public Task<NodeView> GetNodeAsync(NodeId id, CancellationToken cancellationToken) =>
        SendAsync(Get($"nodes/{id}"), VcpJson.Default.NodeView, cancellationToken);

    /// <summary>What changed a node's reputation and standing, newest first.</summary>
    public Task<Page<NodeEventView>> ListNodeEventsAsync(NodeId id, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"nodes/{id}/events{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageNodeEventView, cancellationToken);

    /// <summary>What a node's sensors said, newest first, at most one sample a minute.</summary>
    /// <param name="id">The node.</param>
    /// <param name="from">Not before this; null for the earliest.</param>
    /// <param name="to">Before this; null for the latest.</param>
    /// <param name="limit">Most samples.</param>
    /// <param name="after">The <c>next</c> of the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Page<TelemetrySample>> ListTelemetryAsync(
        NodeId id, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(
            Get($"nodes/{id}/telemetry{Query(("from", Text(from)), ("to", Text(to)), ("limit", limit?.ToString()), ("after", after))}"),
            VcpJson.Default.PageTelemetrySample,
            cancellationToken);

    /// <summary>Makes a token that enrols one node.</summary>
    public Task<JoinTokenView> CreateJoinTokenAsync(JoinTokenRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Root + "nodes/tokens") { Content = JsonContent.Create(request, VcpJson.Default.JoinTokenRequest) },
            VcpJson.Default.JoinTokenView,
            cancellationToken);

    /// <summary>Gives a node no new leases; what it has is finished. Safe to repeat, as all that follows.</summary>
    public Task<NodeView> DrainNodeAsync(NodeId id, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{Root}nodes/{id}/drain"), VcpJson.Default.NodeView, cancellationToken);

    /// <summary>Gives a node no new leases and counts none of its results until it is released. The reason, 1 to 128 bytes, is logged for anybody to read.</summary>
    public Task<NodeView> QuarantineNodeAsync(NodeId id, string reason, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{Root}nodes/{id}/quarantine") { Content = JsonContent.Create(new QuarantineRequest(reason), VcpJson.Default.QuarantineRequest) },
            VcpJson.Default.NodeView,
            cancellationToken);

    /// <summary>Ends a node's quarantine or draining.</summary>
    public Task<NodeView> ReleaseNodeAsync(NodeId id, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{Root}nodes/{id}/release"), VcpJson.Default.NodeView, cancellationToken);

    /// <summary>Removes a node for good. The reason, 1 to 128 bytes, is logged for anybody to read.</summary>
    public Task<NodeView> RemoveNodeAsync(NodeId id, string? reason, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Root}nodes/{id}{Query(("reason", reason))}"), VcpJson.Default.NodeView, cancellationToken);

    /// <summary>Lets a node go on under another key. Returns the node with the new key; the one with the old key is removed.</summary>
    public Task<NodeView> RotateNodeAsync(NodeId id, PublicKey key, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{Root}nodes/{id}/rotate") { Content = JsonContent.Create(new RotationRequest(key.ToString()), VcpJson.Default.RotationRequest) },
            VcpJson.Default.NodeView,
            cancellationToken);

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
