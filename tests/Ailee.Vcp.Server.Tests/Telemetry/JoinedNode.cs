using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Telemetry;

/// <summary>A node that joined over HTTP and has a session; what it sends is up to the test.</summary>
internal sealed class JoinedNode : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create();

    private JoinedNode(RunningServer server) => Http = new HttpClient { BaseAddress = server.Url };

    /// <summary>Sends the session's token with all calls.</summary>
    public HttpClient Http { get; }

    public NodeId Id => _key.PublicKey.Id;

    public string Path => $"api/v1/nodes/{Id}";

    public static async Task<JoinedNode> JoinAsync(RunningServer server)
    {
        var node = new JoinedNode(server);
        var token = (await server.Client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = "owner" }, default)).Token;
        var challenge = await node.ChallengeAsync();
        var proof = NodeProof.ForEnrolment(challenge.Origin, node.Id, Base64Url.DecodeFromChars(challenge.Challenge), Digest.Of(System.Text.Encoding.UTF8.GetBytes(token)));
        var enrolment = new EnrolmentRequest
        {
            Token = token,
            PublicKey = node._key.PublicKey.ToString(),
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(node._key.Sign(proof)),
            Name = "far",
            Capabilities = BuiltInCapabilities.Of(new SandboxOptions()),
        };
        await node.PostAsync("api/v1/nodes", enrolment, VcpJson.Default.EnrolmentRequest, VcpJson.Default.NodeView);
        await node.StartSessionAsync();
        return node;
    }

    public async Task StartSessionAsync()
    {
        var challenge = await ChallengeAsync();
        var proof = NodeProof.ForSession(challenge.Origin, Id, Base64Url.DecodeFromChars(challenge.Challenge));
        var request = new SessionRequest
        {
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(_key.Sign(proof)),
            Capabilities = BuiltInCapabilities.Of(new SandboxOptions()),
        };
        var session = await PostAsync($"{Path}/session", request, VcpJson.Default.SessionRequest, VcpJson.Default.SessionView);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.Token);
    }

    public Task<HeartbeatReply> BeatAsync(NodeTelemetry? telemetry = null, params Guid[] leases) => PostAsync(
        $"{Path}/heartbeat",
        new HeartbeatRequest { SentAt = TimeProvider.System.GetUtcNow(), Telemetry = telemetry, Leases = leases },
        VcpJson.Default.HeartbeatRequest,
        VcpJson.Default.HeartbeatReply);

    public Task<HttpResponseMessage> AnswerAsync(Probe probe, int? sizeBytes = null) =>
        Http.PostAsync($"{Path}/probes/{probe.Id}", new byte[sizeBytes ?? probe.SizeBytes], MediaTypes.Binary);

    public void Dispose()
    {
        Http.Dispose();
        _key.Dispose();
    }

    private Task<ChallengeView> ChallengeAsync() => PostAsync(
        "api/v1/nodes/challenge", new ChallengeRequest(_key.PublicKey.ToString()), VcpJson.Default.ChallengeRequest, VcpJson.Default.ChallengeView);

    private async Task<TAnswer> PostAsync<T, TAnswer>(string path, T body, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer)
    {
        using var response = await Http.PostAsJsonAsync(path, body, type);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync(answer))!;
    }
}
