using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>A node on another machine, as far as it makes itself known.</summary>
internal sealed class JoiningNode(Uri url) : IDisposable
{
    public static readonly NodeCapabilities Able = new()
    {
        Profile = EngineProfile.Digest.ToString(),
        Engine = "wasmtime",
        Architecture = "x64",
        System = "Linux",
        Slots = 4,
        MemoryBytes = 1 << 30,
        Version = "0.1.0",
        Labels = new Dictionary<string, string> { ["zone"] = "north" },
        Price = 7,
    };

    public SigningKey Key { get; init; } = SigningKey.Create();

    public NodeId Id => Key.PublicKey.Id;

    public HttpClient Http { get; } = VcpClient.CreateHttp(url, null);

    /// <summary>A node that is enrolled.</summary>
    public static async Task<JoiningNode> EnrolledAsync(RunningServer server, string owner = "alice", string? name = null)
    {
        var node = new JoiningNode(server.Url);
        using var response = await node.EnrolAsync(await TokenAsync(server, owner, name));
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        return node;
    }

    public static async Task<string> TokenAsync(RunningServer server, string owner = "alice", string? name = null) =>
        (await server.Client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = owner, Name = name }, default)).Token;

    public Task<ChallengeView> ChallengeAsync() => ChallengeAsync(Key.PublicKey);

    public async Task<ChallengeView> ChallengeAsync(PublicKey key)
    {
        using var response = await PostAsync("challenge", new ChallengeRequest(key.ToString()), VcpJson.Default.ChallengeRequest);
        return await ReadAsync(response, VcpJson.Default.ChallengeView);
    }

    public async Task<EnrolmentRequest> EnrolmentAsync(string token)
    {
        var challenge = await ChallengeAsync();
        var signed = NodeProof.ForEnrolment(challenge.Origin, Id, Base64Url.DecodeFromChars(challenge.Challenge), Digest.Of(System.Text.Encoding.UTF8.GetBytes(token)));
        return new EnrolmentRequest
        {
            Token = token,
            PublicKey = Key.PublicKey.ToString(),
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(Key.Sign(signed)),
            Name = "lamp",
            Capabilities = Able,
        };
    }

    public async Task<HttpResponseMessage> EnrolAsync(string token) => await EnrolAsync(await EnrolmentAsync(token));

    public Task<HttpResponseMessage> EnrolAsync(EnrolmentRequest request) => PostAsync(string.Empty, request, VcpJson.Default.EnrolmentRequest);

    public async Task<SessionRequest> SessionAsync()
    {
        var challenge = await ChallengeAsync();
        return new SessionRequest
        {
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(Key.Sign(NodeProof.ForSession(challenge.Origin, Id, Base64Url.DecodeFromChars(challenge.Challenge)))),
            Capabilities = Able,
        };
    }

    public Task<HttpResponseMessage> StartAsync(SessionRequest request) => PostAsync($"{Id}/session", request, VcpJson.Default.SessionRequest);

    /// <summary>Starts a session, which must succeed.</summary>
    public async Task<SessionView> StartAsync()
    {
        using var response = await StartAsync(await SessionAsync());
        return await ReadAsync(response, VcpJson.Default.SessionView);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, type)!;
    }

    public void Dispose()
    {
        Http.Dispose();
        Key.Dispose();
    }

    private Task<HttpResponseMessage> PostAsync<T>(string path, T body, JsonTypeInfo<T> type) =>
        Http.PostAsync($"api/v1/nodes{(path.Length == 0 ? path : "/" + path)}", JsonContent.Create(body, type));
}
