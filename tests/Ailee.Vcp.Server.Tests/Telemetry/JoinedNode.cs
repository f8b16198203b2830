using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Telemetry;

/// <summary>A node with a session; what its heartbeats say is up to the test.</summary>
internal sealed class JoinedNode : IDisposable
{
    private readonly JoiningNode _node;

    private JoinedNode(JoiningNode node) => _node = node;

    /// <summary>Sends the session's token with all calls.</summary>
    public HttpClient Http => _node.Http;

    public NodeId Id => _node.Id;

    public string Path => $"api/v1/nodes/{Id}";

    public static async Task<JoinedNode> JoinAsync(RunningServer server)
    {
        var node = new JoinedNode(await JoiningNode.EnrolledAsync(server));
        await node.StartSessionAsync();
        return node;
    }

    public async Task StartSessionAsync()
    {
        Http.DefaultRequestHeaders.Authorization = null;
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await _node.StartAsync()).Token);
    }

    public async Task<HeartbeatReply> BeatAsync(NodeTelemetry? telemetry = null, params Guid[] leases)
    {
        var heartbeat = new HeartbeatRequest { SentAt = TimeProvider.System.GetUtcNow(), Telemetry = telemetry, Leases = leases };
        using var response = await Http.PostAsJsonAsync($"{Path}/heartbeat", heartbeat, VcpJson.Default.HeartbeatRequest);
        return await JoiningNode.ReadAsync(response, VcpJson.Default.HeartbeatReply);
    }

    public Task<HttpResponseMessage> AnswerAsync(Probe probe, int? sizeBytes = null) =>
        Http.PostAsync($"{Path}/probes/{probe.Id}", new byte[sizeBytes ?? probe.SizeBytes], MediaTypes.Binary);

    public void Dispose() => _node.Dispose();
}
