using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class ApiDocumentTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Document_Operations_AreAllOfThemAndEachHasASummary()
    {
        var document = await DocumentAsync();

        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Name: $"{operation.Key} {path.Key}", Value: operation.Value!)))
            .ToList();
        Assert.Equal(
            [
                "delete /api/v1/bundles/{digest}",
                "delete /api/v1/keys/{id}",
                "delete /api/v1/modules/{digest}",
                "delete /api/v1/nodes/{id}",
                "delete /api/v1/tasks/{id}",
                "get /api/v1/audit",
                "get /api/v1/bundles",
                "get /api/v1/bundles/{digest}",
                "get /api/v1/bundles/{digest}/content",
                "get /api/v1/keys",
                "get /api/v1/keys/{id}",
                "get /api/v1/leases/{lease}/bundle",
                "get /api/v1/leases/{lease}/module",
                "get /api/v1/leases/{lease}/stdin",
                "get /api/v1/ledger",
                "get /api/v1/ledger/accounts",
                "get /api/v1/ledger/accounts/{account}/statement",
                "get /api/v1/log/checkpoint",
                "get /api/v1/log/consistency",
                "get /api/v1/log/entries",
                "get /api/v1/log/entries/{index}",
                "get /api/v1/log/key",
                "get /api/v1/log/tile/{path}",
                "get /api/v1/log/witness-key",
                "get /api/v1/modules",
                "get /api/v1/modules/{digest}",
                "get /api/v1/modules/{digest}/content",
                "get /api/v1/nodes",
                "get /api/v1/nodes/{id}",
                "get /api/v1/nodes/{id}/events",
                "get /api/v1/nodes/{id}/rewards",
                "get /api/v1/nodes/{id}/telemetry",
                "get /api/v1/proofs",
                "get /api/v1/proofs/{id}",
                "get /api/v1/stats",
                "get /api/v1/tasks",
                "get /api/v1/tasks/{id}",
                "get /api/v1/tasks/{id}/events",
                "get /api/v1/tasks/{id}/explain",
                "get /api/v1/tasks/{id}/files",
                "get /api/v1/tasks/{id}/files/{path}",
                "get /api/v1/tasks/{id}/invocation",
                "get /api/v1/tasks/{id}/output",
                "get /api/v1/tasks/{id}/output/proof",
                "get /api/v1/tasks/{id}/trace",
                "get /api/v1/tasks/{id}/trace/{index}",
                "post /api/v1/bundles",
                "post /api/v1/keys",
                "post /api/v1/keys/{id}/rotate",
                "post /api/v1/leases/{lease}/result",
                "post /api/v1/log/add-checkpoint",
                "post /api/v1/log/checkpoint",
                "post /api/v1/modules",
                "post /api/v1/nodes",
                "post /api/v1/nodes/challenge",
                "post /api/v1/nodes/tokens",
                "post /api/v1/nodes/{id}/bids/{auction}",
                "post /api/v1/nodes/{id}/drain",
                "post /api/v1/nodes/{id}/heartbeat",
                "post /api/v1/nodes/{id}/leases",
                "post /api/v1/nodes/{id}/probes/{probe}",
                "post /api/v1/nodes/{id}/quarantine",
                "post /api/v1/nodes/{id}/release",
                "post /api/v1/nodes/{id}/rotate",
                "post /api/v1/nodes/{id}/session",
                "post /api/v1/proofs/verify",
                "post /api/v1/tasks",
                "post /api/v1/tasks:batch",
                "put /api/v1/leases/{lease}/output",
            ],
            operations.Select(operation => operation.Name.TrimEnd('/')).Order(StringComparer.Ordinal));
        Assert.All(operations, operation => Assert.False(string.IsNullOrWhiteSpace(operation.Value["summary"]?.GetValue<string>()), operation.Name));
        Assert.All(operations, operation => Assert.NotEmpty(operation.Value["responses"]!.AsObject()));
    }

    [Fact]
    public async Task Document_Examples_RunAsTheyStand()
    {
        var document = await DocumentAsync();
        var module = Content(document, "modules", MediaTypes.Wat)["example"]!.GetValue<string>();
        var task = Content(document, "tasks", MediaTypes.Json)["example"]!.ToJsonString();
        var statement = Content(document, "proofs/verify", MediaTypes.Json)["example"]!.ToJsonString();

        using var uploaded = await fixture.Http.PostAsync("api/v1/modules", module, MediaTypes.Wat);
        using var ran = await fixture.Http.PostAsync("api/v1/tasks", task, MediaTypes.Json, ("Prefer", Parameter(document, "tasks", "Prefer")));
        using var verified = await fixture.Http.PostAsync("api/v1/proofs/verify", statement, MediaTypes.Json);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (uploaded.StatusCode, ran.StatusCode, verified.StatusCode));
        var result = JsonSerializer.Deserialize(await ran.Content.ReadAsStringAsync(), VcpJson.Default.ComputeTask)!;
        Assert.Equal((TaskStates.Completed, "42"), (result.State, result.Result!.Results[0].Value.GetRawText()));
        Assert.True(JsonSerializer.Deserialize(await verified.Content.ReadAsStringAsync(), VcpJson.Default.VerifyResponse)!.Valid);
        using var described = await fixture.Http.GetAsync($"api/v1/modules/{result.Module}");
        Assert.Equal(HttpStatusCode.OK, described.StatusCode);
    }

    [Fact]
    public async Task Page_Swagger_IsThere()
    {
        using var page = await fixture.Http.GetAsync("swagger/index.html");

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    private static JsonNode Content(JsonNode document, string path, string mediaType) => Post(document, path)["requestBody"]!["content"]![mediaType]!;

    private static string Parameter(JsonNode document, string path, string name) =>
        Post(document, path)["parameters"]!.AsArray().Single(parameter => parameter!["name"]!.GetValue<string>() == name)!["example"]!.GetValue<string>();

    private static JsonNode Post(JsonNode document, string path) =>
        document["paths"]!.AsObject().Single(candidate => candidate.Key.TrimEnd('/') == $"/api/v1/{path}").Value!["post"]!;

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await fixture.Http.GetStringAsync("swagger/v1/swagger.json"))!;
}
