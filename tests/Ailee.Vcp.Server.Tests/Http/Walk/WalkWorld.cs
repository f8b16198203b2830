using System.Formats.Tar;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>Something there for every call to ask for: a module, a bundle, a decided task with files and a trace, and nodes, one of which holds a lease.</summary>
internal sealed class WalkWorld : IDisposable
{
    private const string ToLose = "DELETE /api/v1/";

    private readonly JoiningNode _node;
    private readonly Dictionary<string, string> _spare = [];

    private WalkWorld(JoiningNode node, string token) => (_node, Token) = (node, token);

    /// <summary>Of the node's session.</summary>
    public string Token { get; private set; }

    public required byte[] Tar { get; init; }

    public required byte[] Statement { get; init; }

    public required byte[] Checkpoint { get; init; }

    public required Digest Module { get; init; }

    public required Digest Bundle { get; init; }

    public required TaskId Task { get; init; }

    public required Digest Proof { get; init; }

    public required NodeId Node { get; init; }

    public required LeaseOffer Lease { get; init; }

    /// <summary>Id of an API key.</summary>
    public required string Key { get; init; }

    public static async Task<WalkWorld> MakeAsync(RunningServer server)
    {
        var tar = MakeTar();
        var bundle = Digest.Parse(JsonNode.Parse(await (await server.Http.PostAsync("api/v1/bundles", tar, MediaTypes.Tar)).Content.ReadAsStringAsync())!["digest"]!.GetValue<string>());
        var copy = await server.Client.UploadAsync(Guests.Copy);
        var task = await server.Client.RunAsync(new TaskRequest { Module = copy.ToString(), Bundle = bundle.ToString(), Outputs = ["out"] });
        var proof = Digest.Parse(Assert.Single(task.Proofs).Id);
        var module = await server.Client.UploadAsync(Guests.Math);
        var node = await JoiningNode.EnrolledAsync(server);
        var token = (await node.StartAsync()).Token;
        // Only the joined node has this label.
        await server.Client.SubmitTaskAsync(Calls.Function(module, "add", 2, 3) with { Selection = new TaskSelection { Labels = new Dictionary<string, string> { ["zone"] = "north" } } }, null, null, default);
        node.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var polled = await node.Http.PostAsync($"api/v1/nodes/{node.Id}/leases?wait=30", JsonContent.Create(new LeasePoll(Guid.NewGuid(), 1), VcpJson.Default.LeasePoll));
        var grant = await JoiningNode.ReadAsync(polled, VcpJson.Default.LeaseGrant);
        var world = new WalkWorld(node, token)
        {
            Tar = tar,
            Statement = await server.Client.GetBareStatementAsync(proof),
            Checkpoint = await server.Http.GetByteArrayAsync("api/v1/log/checkpoint"),
            Module = module,
            Bundle = bundle,
            Task = TaskId.Parse(task.Id),
            Proof = proof,
            Node = node.Id,
            Lease = Assert.Single(grant.Leases),
            Key = (await MakeKeyAsync(server)).Id,
        };
        await world.MakeSparesAsync(server);
        return world;
    }

    /// <summary>Whether a call is one of a node's.</summary>
    public static bool IsOfNode(ApiOperation operation) =>
        operation.Path.Contains("/leases", StringComparison.Ordinal) || operation.Path.Contains("/bids/", StringComparison.Ordinal)
        || operation.Path.EndsWith("/heartbeat", StringComparison.Ordinal) || operation.Path.Contains("/probes/", StringComparison.Ordinal);

    /// <summary>A value that is good for a parameter in a path.</summary>
    public string Segment(ApiOperation operation, string name) => _spare.TryGetValue(operation.Name, out var spare) ? spare : name switch
    {
        "digest" => (operation.Path.Contains("/bundles", StringComparison.Ordinal) ? Bundle : Module).ToString(),
        "id" when operation.Path.Contains("/nodes", StringComparison.Ordinal) => Node.ToString(),
        "id" when operation.Path.Contains("/proofs", StringComparison.Ordinal) => Proof.ToString(),
        "id" when operation.Path.Contains("/keys", StringComparison.Ordinal) => Key,
        "id" => Task.ToString(),
        "lease" => Lease.Lease.ToString(),
        "account" => "treasury",
        "path" when operation.Path.Contains("/log/", StringComparison.Ordinal) => "0/000.p/1",
        "path" => "out/copy.txt",
        "index" => "0",
        _ => "01890000-0000-7000-8000-000000000000",
    };

    /// <summary>A value that is good for a parameter that must be there in the query.</summary>
    public static string Query(string name) => name is "from" or "to" ? "1" : "0";

    /// <summary>A body that is good, once, as far as there is one.</summary>
    public async Task<byte[]> BodyAsync(ApiOperation operation, string mediaType, ApiSchema schemas)
    {
        if (mediaType != MediaTypes.Json)
        {
            return mediaType switch
            {
                MediaTypes.Wat => Encoding.UTF8.GetBytes(Guests.Math),
                MediaTypes.Wasm => [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
                MediaTypes.Tar or MediaTypes.Gzip => Tar,
                MediaTypes.Statement => Statement,
                MediaTypes.Text => Checkpoint,
                _ => [0x80],
            };
        }

        var known = operation.Name switch
        {
            "POST /api/v1/tasks" => Submission(),
            "POST /api/v1/tasks:batch" => new JsonObject { ["tasks"] = new JsonArray(Submission()) },
            "POST /api/v1/proofs/verify" => new JsonObject { ["statement"] = Convert.ToBase64String(Statement) },
            "POST /api/v1/nodes/challenge" or "POST /api/v1/nodes/{id}/rotate" => new JsonObject { ["publicKey"] = NewKey() },
            "POST /api/v1/nodes/{id}/session" => JsonSerializer.SerializeToNode(await _node.SessionAsync(), VcpJson.Default.SessionRequest),
            "POST /api/v1/nodes/{id}/leases" => new JsonObject { ["request"] = Guid.NewGuid().ToString(), ["most"] = 1 },
            "POST /api/v1/nodes/{id}/heartbeat" => new JsonObject { ["sentAt"] = DateTimeOffset.UnixEpoch.AddYears(56).ToString("O", CultureInfo.InvariantCulture), ["leases"] = new JsonArray(Lease.Lease.ToString()) },
            "POST /api/v1/nodes/{id}/bids/{auction}" => new JsonObject { ["price"] = 5 },
            "POST /api/v1/keys" => new JsonObject { ["name"] = "walk", ["scopes"] = new JsonArray("read") },
            "POST /api/v1/keys/{id}/rotate" => new JsonObject { ["graceSeconds"] = 60 },
            "POST /api/v1/leases/{lease}/result" => new JsonObject { ["statement"] = Convert.ToBase64String(Statement), ["wallTimeMicroseconds"] = 5 },
            _ => null,
        };
        return Encoding.UTF8.GetBytes((known ?? schemas.Sample(operation.Bodies[mediaType])).ToJsonString());
    }

    /// <summary>A session after the one before was ended by what was sent.</summary>
    public async Task RenewAsync()
    {
        _node.Http.DefaultRequestHeaders.Authorization = null;
        Token = (await _node.StartAsync()).Token;
    }

    public void Dispose() => _node.Dispose();

    private JsonObject Submission() => new() { ["module"] = Module.ToString(), ["entrypoint"] = "add", ["args"] = new JsonArray(2, 40) };

    private static string NewKey()
    {
        using var key = SigningKey.Create();
        return key.PublicKey.ToString();
    }

    // What is deleted, drained and the like must not be what the rest of the walk stands on.
    private async Task MakeSparesAsync(RunningServer server)
    {
        _spare[ToLose + "modules/{digest}"] = (await server.Client.UploadAsync(Guests.Unique(7))).ToString();
        using var other = await server.Http.PostAsync("api/v1/bundles", new byte[1024], MediaTypes.Tar);
        _spare[ToLose + "bundles/{digest}"] = JsonNode.Parse(await other.Content.ReadAsStringAsync())!["digest"]!.GetValue<string>();
        var waits = Calls.Function(Module, "add", 1, 1) with { Selection = new TaskSelection { Labels = new Dictionary<string, string> { ["zone"] = "north" } } };
        _spare[ToLose + "tasks/{id}"] = (await server.Client.SubmitTaskAsync(waits, null, null, default)).Id;
        foreach (var name in (string[])[ToLose + "keys/{id}", "POST /api/v1/keys/{id}/rotate"])
        {
            _spare[name] = (await MakeKeyAsync(server)).Id;
        }

        foreach (var name in (string[])[ToLose + "nodes/{id}", .. new[] { "drain", "quarantine", "release", "rotate" }.Select(what => $"POST /api/v1/nodes/{{id}}/{what}")])
        {
            using var node = await JoiningNode.EnrolledAsync(server);
            _spare[name] = node.Id.ToString();
        }
    }

    private static Task<KeyView> MakeKeyAsync(RunningServer server) => server.Client.CreateKeyAsync(new KeyRequest { Name = "walk", Scopes = ["read"] }, default);

    private static byte[] MakeTar()
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "app/in.txt") { DataStream = new MemoryStream("tide"u8.ToArray()) });
        }

        return bytes.ToArray();
    }
}
