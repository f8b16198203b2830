using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Storage;

/// <summary>A full disk: the service says so, loses nothing that it acknowledged, and goes on when there is room again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task Submit_DiskFull_UnavailableAndReadyAgainWhenThereIsRoom()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var module = await server.Client.UploadAsync(Guests.Show);
        var kept = await server.Client.SubmitTaskAsync(Calls.Command(module), null, null, default);
        // More than the database has room for on its last pages.
        var body = $$"""{"input":{"base64":"{{Convert.ToBase64String(new byte[60_000])}}"},"module":"{{module}}"}""";
        await LimitAsync(server, 1);

        using var refused = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        Assert.Equal("5", Assert.Single(refused.Headers.GetValues("Retry-After")));
        await refused.ProblemAsync("storage-unavailable");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(server));
        Assert.Equal(kept.Id, Assert.Single((await server.Client.ListTasksAsync(null, null, null, default)).Items).Id);
        Assert.Equal(1, (await server.Client.GetStatsAsync(default)).Tasks[TaskStates.Queued]);

        await LimitAsync(server, 1_000_000);
        using var accepted = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(server));
    }

    private static Task<long> LimitAsync(RunningServer server, int pages) =>
        server.Database.WriteAsync(transaction => transaction.QueryFirst($"PRAGMA max_page_count = {pages}", row => row.Int64(0)));

    private static async Task<HttpStatusCode> ReadyAsync(RunningServer server)
    {
        using var response = await server.Http.GetAsync("health/ready");
        return response.StatusCode;
    }
}
