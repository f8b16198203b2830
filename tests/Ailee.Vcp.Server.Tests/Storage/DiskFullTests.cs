using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Storage;

/// <summary>A full disk: the service says so, loses nothing that it acknowledged, and goes on when there is room again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task Submit_DiskFull_UnavailableAndReadyAgainWhenThereIsRoom()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var module = await server.Client.UploadAsync(Guests.Show);
        // Takes the pages that migrations left free: readiness would else find room that the next task does not have.
        var large = new TaskInput { Base64 = Convert.ToBase64String(new byte[60_000]) };
        var kept = await server.Client.SubmitTaskAsync(Calls.Command(module) with { Input = large }, null, null, default);
        // More than the database has room for on its last pages.
        var body = $$"""{"input":{"base64":"{{Convert.ToBase64String(new byte[60_000])}}"},"module":"{{module}}"}""";
        await LimitAsync(server, 1);

        using var refused = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        Assert.Equal("5", Assert.Single(refused.Headers.GetValues("Retry-After")));
        await refused.ProblemAsync("storage-unavailable");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(server));
        Assert.Equal(kept.Id, Assert.Single((await server.Client.ListTasksAsync(null, null, null, default)).Items).Id);
        Assert.Equal(1, (await server.Client.GetStatsAsync(default)).Tasks[TaskStates.Queued]);

        await LiftLimitUnnoticedAsync(server);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(server));
        using var accepted = await server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    [Fact]
    public async Task Report_DiskFull_HandedInAgainWhenThereIsRoom()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var server = await RunningServer.StartAsync(new ServerSetup { Time = time });
        var flood = await server.Client.UploadAsync(Guests.Flood);
        // Room for the task and its lease, not for its output.
        var pages = server.Database.Read(transaction => transaction.QueryFirst("PRAGMA page_count", row => row.Int64(0)));
        await LimitAsync(server, pages + 10);
        var id = await server.Client.SubmitAsync(flood, "some", 150);
        while (server.Database.Failure is null)
        {
            await Task.Yield();
        }

        Assert.Equal(TaskStates.Running, (await server.Client.GetTaskAsync(id, null, default)).State);
        await LimitAsync(server, 1_000_000);
        ComputeTask task;
        do
        {
            time.Advance(TimeSpan.FromSeconds(1));
            task = await server.Client.GetTaskAsync(id, null, default);
        }
        while (task.State == TaskStates.Running);

        Assert.Equal((TaskStates.Completed, 150_000L), (task.State, task.Result?.Output.SizeBytes));
        Assert.Single(task.Attempts);
    }

    private static Task<long> LimitAsync(RunningServer server, long pages) =>
        server.Database.WriteAsync(transaction => transaction.QueryFirst($"PRAGMA max_page_count = {pages}", row => row.Int64(0)));

    // A change that fails for the same reason: the limit is of the connection and stays lifted, but no commit tells of it.
    private static async Task LiftLimitUnnoticedAsync(RunningServer server) => await Assert.ThrowsAsync<StorageException>(() => server.Database.WriteAsync<int>(transaction =>
    {
        transaction.QueryFirst("PRAGMA max_page_count = 1000000", row => row.Int64(0));
        throw new SqliteException("full", 13);
    }));

    private static async Task<HttpStatusCode> ReadyAsync(RunningServer server)
    {
        using var response = await server.Http.GetAsync("health/ready");
        return response.StatusCode;
    }
}
