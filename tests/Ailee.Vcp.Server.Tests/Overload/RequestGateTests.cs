using System.Net;
using System.Net.Http.Headers;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Overload;

/// <summary>More requests than can be served: some are refused at once, and none that the server lives by.</summary>
public sealed class RequestGateTests
{
    private static readonly string[] Beside = ["health/live", "health/ready", "metrics", "api/v1/log/checkpoint", "swagger/v1/swagger.json"];

    [Fact]
    public async Task Requests_AllPlacesTaken_RefusedAndHealthMetricsAndLogAnswer()
    {
        await using var server = await StartAsync(("Overload:Requests", "1"));
        using var slow = await HoldAsync(server);

        using (var refused = await server.Http.GetAsync("api/v1/stats"))
        {
            Assert.Equal("60", Assert.Single(refused.Headers.GetValues("Retry-After")));
            await refused.ProblemAsync("overloaded");
        }

        foreach (var path in Beside)
        {
            using var response = await server.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Contains("vcp_requests_refused_total{code=\"overloaded\"} 1\n", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        Assert.Contains("vcp_requests{kind=\"client\"} 1\n", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        slow.Dispose();
        await UntilCountAsync(server, RequestKind.Client, 0);
        Assert.Equal(0, (await server.Client.GetStatsAsync(default)).Modules);
    }

    [Fact]
    public async Task NodeCalls_AllPlacesOfClientsTaken_AreServed()
    {
        await using var server = await StartAsync(("Overload:Requests", "1"));
        using var node = await JoiningNode.EnrolledAsync(server);
        using var slow = await HoldAsync(server);

        await node.StartAsync();

        await server.Http.GetAsync("api/v1/nodes").ProblemAsync("overloaded");
    }

    [Fact]
    public async Task Waiting_LeavesItsPlaceAndHasALimitOfItsOwn()
    {
        await using var server = await StartAsync(("Overload:Requests", "1"), ("Overload:WaitingRequests", "1"));
        var module = await server.Client.UploadAsync(Guests.Math);
        var id = await server.Client.SubmitAsync(module, "add", 1, 2);
        var first = server.Client.GetTaskAsync(id, Calls.LongWait, default);
        await UntilCountAsync(server, RequestKind.Waiting, 1);

        // It waits, so there is room for others, but not to wait.
        Assert.Equal(TaskStates.Queued, (await server.Client.GetTaskAsync(id, null, default)).State);
        await server.Http.GetAsync($"api/v1/tasks/{id}?wait=30").ProblemAsync("overloaded");
        await server.Http.GetAsync($"api/v1/tasks/{id}/events").ProblemAsync("overloaded");
        // What is stored is answered, only not held back.
        using var body = new StringContent($$"""{"module":"{{module}}","entrypoint":"add","args":[3,4]}""", MediaTypeHeaderValue.Parse(MediaTypes.Json));
        using var submission = new HttpRequestMessage(HttpMethod.Post, "api/v1/tasks") { Content = body, Headers = { { "Prefer", "wait=30" } } };
        using var accepted = await server.Http.SendAsync(submission);
        Assert.Equal((HttpStatusCode.Accepted, false), (accepted.StatusCode, accepted.Headers.Contains("Preference-Applied")));

        await server.Http.DeleteAsync($"api/v1/tasks/{id}");
        Assert.Equal(TaskStates.Cancelled, (await first).State);
        await UntilCountAsync(server, RequestKind.Waiting, 0);
        using var events = await server.Http.GetAsync($"api/v1/tasks/{id}/events");
        Assert.Equal(HttpStatusCode.OK, events.StatusCode);
    }

    [Fact]
    public async Task Requests_OfOneKey_OnlyItsShare()
    {
        await using var server = await StartAsync("http://0.0.0.0:0", ("Overload:Requests", "8"), ("Overload:RequestsPerCaller", "1"));
        using var slow = await HoldAsync(server);

        await server.Http.GetAsync("api/v1/stats").ProblemAsync("too-many-requests");

        using var ready = await server.Http.GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Submit_DatabaseBehind_RefusedUntilItIsNot()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        var module = await server.Client.UploadAsync(Guests.Math);
        var delay = server.Get<CommitDelay>();
        time.Advance(CommitDelay.Interval);
        var begin = delay.Begin();
        time.Advance(TimeSpan.FromSeconds(3));
        delay.Waited(begin);
        time.Advance(CommitDelay.Interval);

        var body = $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""";
        using (var refused = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json))
        {
            // As long as it is behind, and until requests were served; there were none.
            Assert.Equal("63", Assert.Single(refused.Headers.GetValues("Retry-After")));
            await refused.ProblemAsync("overloaded");
        }

        Assert.Equal(0, server.Get<TaskPlaces>().Open);
        time.Advance(CommitDelay.Interval);
        using var accepted = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    [Fact]
    public async Task Submit_QueueFull_RefusedBeforeTheBodyIsRead()
    {
        await using var server = await StartAsync(("Tasks:QueueCapacity", "1"));
        var module = await server.Client.UploadAsync(Guests.Math);
        await server.Client.SubmitAsync(module, "add", 1, 2);

        using var connection = await RawConnection.OpenAsync(server.Url);
        await connection.SendAsync("POST /api/v1/tasks HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 1000", "Expect: 100-continue", "Connection: close", "");
        var (status, text) = await connection.ReadToEndAsync();

        Assert.Equal(503, status);
        Assert.Contains("\"queue-full\"", text, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 60\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Http:HeaderBytes", "4096", 431)]
    [InlineData("Http:HeaderBytes", "32768", 200)]
    public async Task Headers_TooLarge_Refused(string key, string value, int expected)
    {
        await using var server = await StartAsync((key, value));

        var (status, _) = await RawConnection.AskAsync(server.Url, "GET /api/v1/stats HTTP/1.1", "Host: localhost", $"X-Long: {new string('x', 5000)}");

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Connections_AsManyAsThereMayBe_FurtherOnesAreClosed()
    {
        await using var server = await StartAsync(("Http:Connections", "1"));
        using var one = await RawConnection.OpenAsync(server.Url);
        await one.SendAsync("GET /health/live HTTP/1.1");

        var (status, _) = await RawConnection.AskAsync(server.Url, "GET /health/live HTTP/1.1", "Host: localhost");

        Assert.Equal(0, status);
        await one.SendAsync("Host: localhost", "Connection: close", "");
        Assert.Equal(200, (await one.ReadToEndAsync()).Status);
    }

    private static Task<RunningServer> StartAsync(params (string Key, string Value)[] configuration) => StartAsync("http://127.0.0.1:0", configuration);

    private static Task<RunningServer> StartAsync(string url, params (string Key, string Value)[] configuration) => RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Url = url,
        Configuration = configuration.ToDictionary(pair => pair.Key, pair => pair.Value),
    });

    /// <summary>A request under way, whose body does not come.</summary>
    private static async Task<RawConnection> HoldAsync(RunningServer server)
    {
        var connection = await RawConnection.OpenAsync(server.Url);
        var authorization = server.Http.DefaultRequestHeaders.Authorization is { } key ? $"Authorization: {key}" : "X-None: none";
        await connection.SendAsync("POST /api/v1/modules HTTP/1.1", "Host: localhost", authorization, $"Content-Type: {MediaTypes.Wasm}", "Content-Length: 1000", "");
        await UntilCountAsync(server, RequestKind.Client, 1);
        return connection;
    }

    private static Task UntilCountAsync(RunningServer server, RequestKind kind, int count) => LogCalls.UntilAsync(() => server.Get<RequestPlaces>().Count(kind) == count);
}
