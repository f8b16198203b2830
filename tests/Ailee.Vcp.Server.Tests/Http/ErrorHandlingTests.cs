using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class ErrorHandlingTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Theory]
    [InlineData("nowhere")]
    [InlineData("")]
    [InlineData("api")]
    [InlineData("api/v1")]
    [InlineData("api/v2/tasks")]
    [InlineData("api/v1/tasks/a/b/c")]
    [InlineData("health/unknown")]
    public async Task Get_UnknownPath_NotFound(string path) => await fixture.Http.GetAsync(path).ProblemAsync("not-found");

    [Theory]
    [InlineData("PUT", "api/v1/tasks")]
    [InlineData("DELETE", "api/v1/modules")]
    [InlineData("PATCH", "api/v1/stats")]
    [InlineData("GET", "api/v1/proofs/verify/")]
    [InlineData("PUT", "api/v1/nodes")]
    [InlineData("OPTIONS", "api/v1/tasks")]
    [InlineData("POST", "health/live")]
    public async Task Call_OtherMethod_MethodNotAllowed(string method, string path)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await fixture.Http.SendAsync(message);

        // "verify" is also where a proof's id stands.
        await response.ProblemAsync(path.Contains("verify", StringComparison.Ordinal) ? "proof-not-found" : "method-not-allowed");
    }

    [Fact]
    public async Task Call_Anything_FailuresAreProblemsOfTheCatalogue()
    {
        string[] paths =
        [
            "modules", "modules/x", "modules/x/content", "modules/x/y", "tasks", "tasks/x", "tasks/x/output", "tasks/x/invocation", "tasks?limit=x", "tasks?state=x&after=y",
            "proofs", "proofs/x", "proofs/verify", "proofs?task=x", "nodes", "nodes/x", "stats", "tasks/%2e%2e", "%E2%82",
        ];
        foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
        {
            foreach (var path in paths)
            {
                foreach (var mediaType in (string?[])[null, MediaTypes.Json, MediaTypes.Wasm, MediaTypes.Wat, MediaTypes.Statement, "x"])
                {
                    await AssertProblemIfFailedAsync(method, path, mediaType);
                }
            }
        }
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task Call_ThatTheServerFails_SaysNothingOfTheInside(string environment)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["environment"] = environment } });
        var id = Digest.Of("proof"u8);
        using var node = new ActingNode(server);
        await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        Assert.True((await node.AnswerAsync(await node.LeaseAsync())).Accepted);
        await server.Database.WriteAsync(transaction => transaction.Execute("UPDATE proofs SET id = $id, statement = x'00'", ("$id", id.ToArray())));

        var problem = await server.Http.GetAsync($"api/v1/proofs/{id}").ProblemAsync("internal-error");

        Assert.Equal("The server's log tells more.", problem.Detail);
    }

    [Fact]
    public async Task Client_Refused_GetsCodeAndDetail()
    {
        var exception = await Assert.ThrowsAsync<VcpApiException>(() => fixture.Client.GetModuleAsync(Digest.Of("none"u8), default));

        Assert.Equal((HttpStatusCode.NotFound, "module-not-found"), (exception.Status, exception.Code));
        Assert.Contains(exception.Detail, exception.Message, StringComparison.Ordinal);
    }

    private async Task AssertProblemIfFailedAsync(string method, string path, string? mediaType)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), $"api/v1/{path}");
        if (mediaType is not null)
        {
            message.Content = new ByteArrayContent("nonsense"u8.ToArray());
            message.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        using var response = await fixture.Http.SendAsync(message);
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync();
        var what = $"{method} {path} {mediaType}: {(int)response.StatusCode} {text}";
        Assert.True(response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem, what);
        var problem = JsonSerializer.Deserialize(text, VcpJson.Default.ProblemView)!;
        Assert.True(Problems.All.Any(kind => kind.Code == problem.Code && kind.Status == (int)response.StatusCode), what);
        Assert.True((int)response.StatusCode < 500, what);
    }
}
