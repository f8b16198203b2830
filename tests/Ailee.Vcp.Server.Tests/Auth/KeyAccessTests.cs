using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Beyond loopback every call needs a key.</summary>
public sealed class KeyAccessTests(KeyAccessTests.Fixture fixture) : IClassFixture<KeyAccessTests.Fixture>
{
    private static readonly string Unknown = Digest.Of("unknown"u8).ToString();

    public static TheoryData<string, string> Calls { get; } = new()
    {
        { "GET", "api/v1/modules" },
        { "POST", "api/v1/modules" },
        { "GET", $"api/v1/modules/{Unknown}" },
        { "GET", $"api/v1/modules/{Unknown}/content" },
        { "DELETE", $"api/v1/modules/{Unknown}" },
        { "GET", "api/v1/tasks" },
        { "POST", "api/v1/tasks" },
        { "GET", $"api/v1/tasks/{Guid.Empty}" },
        { "DELETE", $"api/v1/tasks/{Guid.Empty}" },
        { "GET", $"api/v1/tasks/{Guid.Empty}/invocation" },
        { "GET", $"api/v1/tasks/{Guid.Empty}/output" },
        { "GET", "api/v1/proofs" },
        { "GET", $"api/v1/proofs/{Unknown}" },
        { "POST", "api/v1/proofs/verify" },
        { "GET", "api/v1/log/entries" },
        { "GET", "api/v1/log/entries?kind=genesis" },
        { "GET", "api/v1/log" },
        { "GET", "api/v1/log/nowhere" },
        { "DELETE", "api/v1/log/checkpoint" },
        { "POST", "api/v1/log/entries/0" },
        { "GET", "api/v1/nodes" },
        { "GET", "api/v1/nodes/built-in" },
        { "GET", "api/v1/nodes/built-in/events" },
        { "POST", "api/v1/nodes/tokens" },
        { "POST", "api/v1/nodes/built-in/drain" },
        { "POST", "api/v1/nodes/built-in/quarantine" },
        { "POST", "api/v1/nodes/built-in/release" },
        { "POST", "api/v1/nodes/built-in/rotate" },
        { "DELETE", "api/v1/nodes/built-in" },
        { "GET", "api/v1/stats" },
        { "GET", "metrics" },
        { "GET", "nowhere" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_NoOrWrongKey_Unauthorized(string method, string path)
    {
        foreach (var authorization in (string?[])[null, "Bearer wrong", "Bearer", "Bearer ", $"Basic {fixture.Key}", fixture.Key, $"Bearer {fixture.Key}x", $"Bearer {fixture.Key[..^1]}"])
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), path);
            if (authorization is not null)
            {
                message.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            var response = await fixture.Anonymous.SendAsync(message);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            await response.ProblemAsync("unauthorized");
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_RightKey_NotUnauthorized(string method, string path)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        message.Headers.TryAddWithoutValidation("Authorization", $"bearer  {fixture.Key} ");

        using var response = await fixture.Anonymous.SendAsync(message);

        Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Call_RightKey_RunsATask()
    {
        var client = fixture.Server.Client;

        var task = await client.RunAsync(await client.UploadAsync(Guests.Math), "add", 1, 2);

        Assert.Equal(TaskStates.Completed, task.State);
    }

    [Fact]
    public async Task Call_RightKey_ByAnyHostOriginAndProxy()
    {
        using var response = await fixture.Server.Http.GetAsync("api/v1/stats", ("Host", "vcp.example.com"), ("Origin", "https://example.com"), ("X-Forwarded-For", "192.0.2.1"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    [InlineData("swagger/index.html")]
    [InlineData("swagger/v1/swagger.json")]
    public async Task Call_HealthAndPages_Anonymous(string path)
    {
        using var response = await fixture.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("key")]
    [InlineData("tile/0/000.p/1")]
    [InlineData("tile/entries/000.p/1")]
    [InlineData("entries/0")]
    [InlineData("consistency?from=0&to=1")]
    public async Task Call_ReadingTheLog_Anonymous(string path)
    {
        using var response = await fixture.Anonymous.GetAsync($"api/v1/log/{path}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Call_PresentingToTheLog_Anonymous()
    {
        var checkpoint = await fixture.Anonymous.GetStringAsync("api/v1/log/checkpoint");

        using var presented = await fixture.Anonymous.PostAsync("api/v1/log/checkpoint", checkpoint, MediaTypes.Text);

        Assert.Equal(HttpStatusCode.OK, presented.StatusCode);
        await fixture.Anonymous.PostAsync("api/v1/log/add-checkpoint", checkpoint, MediaTypes.Text).ProblemAsync("malformed-request");
        await fixture.Anonymous.GetAsync("api/v1/log/witness-key").ProblemAsync("log-not-witnessed");
    }

    [Fact]
    public async Task AdminKey_File_IsTheOwnersOnlyAndNotInTheDatabase()
    {
        var file = Path.Combine(fixture.Server.DataDirectory, "admin.key");

        Assert.StartsWith("vcp_", fixture.Key, StringComparison.Ordinal);
        Assert.True(fixture.Key.Length >= 40);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var hashes = fixture.Server.Database.Read(transaction => transaction.Query("SELECT hash FROM api_keys", row => row.Bytes(0)));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(fixture.Key)), Assert.Single(hashes));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Start_Again_KeepsTheKey()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", Directory = directory.Path, NodeWorks = false });
        var key = File.ReadAllText(directory.File("admin.key"));
        // An operator may take the file away once the key is known.
        File.Delete(directory.File("admin.key"));

        server = await server.RestartAsync();

        await using (server)
        {
            Assert.False(File.Exists(directory.File("admin.key")));
            using var http = VcpClient.CreateHttp(server.Url, key.Trim());
            Assert.Equal(0, (await new VcpClient(http).GetStatsAsync(default)).Proofs);
        }
    }

    [Fact]
    public async Task Start_OnLoopbackAfterwards_NeedsNoKey()
    {
        using var directory = new TempDirectory();
        await (await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", Directory = directory.Path, NodeWorks = false })).DisposeAsync();
        await using var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path, NodeWorks = false });
        using var anonymous = VcpClient.CreateHttp(server.Url, null);

        using var response = await anonymous.GetAsync("api/v1/stats");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Start_OnLoopbackAndBeyond_NeedsAKeyOnBoth()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Url = "http://127.0.0.1:0;http://0.0.0.0:0", NodeWorks = false });
        using var anonymous = VcpClient.CreateHttp(server.Url, null);

        await anonymous.GetAsync("api/v1/stats").ProblemAsync("unauthorized");
    }

    /// <summary>A server beyond loopback, and a client without its key.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;

        public HttpClient Anonymous { get; private set; } = new();

        public string Key => File.ReadAllText(Path.Combine(Server.DataDirectory, "admin.key")).Trim();

        internal RunningServer Server => _server!;

        public async ValueTask InitializeAsync()
        {
            _server = await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", Configuration = { ["RateLimits:FailuresPerMinute"] = "1000000" } });
            Anonymous.Dispose();
            Anonymous = VcpClient.CreateHttp(_server.Url, null);
        }

        public async ValueTask DisposeAsync()
        {
            Anonymous.Dispose();
            await Server.DisposeAsync();
        }
    }
}
