using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>What a key allows its tenant, and that nothing gets past it.</summary>
public sealed class QuotaTests
{
    private const long Instructions = 1_000_000;

    // Of one task with the least memory: a page of it costs 1000.
    private const long MostGas = Instructions + (16 * 1000);

    private static readonly FakeTimeProvider Noon = new(new DateTimeOffset(2031, 5, 6, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task TasksInFlight_OneMore_RefusedUntilOneIsDecided()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, 2, null, null));
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var first = await client.SubmitAsync(module, "add", 1, 2);
        await client.SubmitAsync(module, "add", 1, 2);

        var refused = await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json);
        await client.CancelTaskAsync(first, default);

        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        await refused.ProblemAsync("quota-tasks-in-flight");
        await client.SubmitAsync(module, "add", 1, 2);
        await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json).ProblemAsync("quota-tasks-in-flight");
    }

    [Fact]
    public async Task TasksInFlight_AfterARestart_AreStillCounted()
    {
        using var directory = new TempDirectory();
        var server = await StartAsync(works: false, directory.Path);
        var (key, secret) = ApiKey.Create("alice", "alice", Scope.Tasks, DateTimeOffset.UnixEpoch);
        await server.Database.WriteAsync(transaction => KeyStore.Add(transaction, key with { Limits = new KeyLimits(null, 1, null, null) }));
        server.Get<ApiKeys>().Reload();
        using (var http = VcpClient.CreateHttp(server.Url, secret))
        {
            await new VcpClient(http).SubmitAsync(await new VcpClient(http).UploadAsync(Guests.Math), "add", 1, 2);
        }

        server = await server.RestartAsync();

        await using (server)
        {
            using var http = VcpClient.CreateHttp(server.Url, secret);
            await http.PostAsync("api/v1/tasks", Body(await new VcpClient(http).UploadAsync(Guests.Math)), MediaTypes.Json).ProblemAsync("quota-tasks-in-flight");
        }
    }

    [Fact]
    public async Task GasPerDay_UndecidedTasks_ReserveAllThatTheyMayUse()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, (2 * MostGas) + 1, null));
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        await TakenAsync(http, module);
        await TakenAsync(http, module);

        await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json).ProblemAsync("quota-gas");
    }

    [Fact]
    public async Task GasPerDay_CompletedTasks_CountWhatTheyUsedAndTheNextDayIsAnother()
    {
        await using var server = await StartAsync(works: true);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, MostGas + 1, null));
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var task = await client.RunAsync(Small(module));

        var used = server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow()));
        var tomorrow = server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow() + TimeSpan.FromDays(1)));

        Assert.Equal((task.Metrics!.Gas, 0L), (used, tomorrow));
        Assert.True(used > 1, "The second task would fit.");
        await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json).ProblemAsync("quota-gas");
    }

    [Fact]
    public async Task GasPerDay_TaskThatTimesOut_BurnsItsLimit()
    {
        await using var server = await StartAsync(works: true);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var module = await client.UploadAsync("""(module (func (export "spin") (loop (br 0))))""");

        var task = await client.RunAsync(new TaskRequest
        {
            Module = module.ToString(),
            Entrypoint = "spin",
            Limits = new TaskLimits { Instructions = 1_000_000_000_000, MemoryBytes = 16 * 64 * 1024, TimeoutMs = 100 },
            MaxAttempts = 1,
        });

        Assert.Equal(TaskStates.Failed, task.State);
        Assert.Equal(1_000_000_000_000 + (16 * 1000), server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow())));
    }

    [Fact]
    public async Task GasPerDay_TaskThatNobodyBegan_CostsNothing()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, MostGas, null));
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var task = await TakenAsync(http, module);

        await client.CancelTaskAsync(TaskId.Parse(task), default);

        Assert.Equal(0, server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow())));
        await TakenAsync(http, module);
    }

    [Fact]
    public async Task StoredBytes_ModulesBundlesAndOutputs_AreAllCounted()
    {
        await using var server = await StartAsync(works: true);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, null, 3000));
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        await client.RunAsync(Small(module));
        var command = await client.UploadAsync("""(module (memory (export "memory") 1) (func (export "_start")))""");
        var small = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));

        await http.PostAsync("api/v1/bundles", Trees.Of(("a", new string('x', 4000))).Tar().ToArray(), MediaTypes.Tar).ProblemAsync("quota-stored-bytes");
        await http.PostAsync("api/v1/modules", $"""(module (data "{new string('x', 3000)}"))""", MediaTypes.Wat).ProblemAsync("quota-stored-bytes");
        var body = $$"""{"module":"{{command}}","input":{"text":"{{new string('x', 3000)}}"} }""";
        await http.PostAsync("api/v1/tasks", body, MediaTypes.Json).ProblemAsync("quota-stored-bytes");

        Assert.InRange(small, 50, 3000);
        await client.DeleteModuleAsync(module, default);
        Assert.InRange(server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")), 1, small - 1);
    }

    [Fact]
    public async Task StoredBytes_TaskThatIsCancelledAfterAVote_CountsItsInputAlone()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        using var voter = new ActingNode(server);
        using var silent = await ActingNode.JoinAsync(server, "bob");
        var request = Small(await client.UploadAsync(Guests.Math)) with { Assurance = new TaskAssurance { Mode = AssuranceModes.Quorum, Replicas = 2 } };
        var start = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));
        await client.CancelTaskAsync(await SubmitAsync(client, request), default);
        var one = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));
        var voted = await SubmitAsync(client, request);
        Assert.True((await voter.AnswerAsync(await voter.LeaseAsync())).Accepted);

        await client.CancelTaskAsync(voted, default);

        Assert.Equal(one - start, server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")) - one);
    }

    private static async Task<TaskId> SubmitAsync(VcpClient client, TaskRequest request) => TaskId.Parse((await client.SubmitTaskAsync(request, null, null, default)).Id);

    private static Task<RunningServer> StartAsync(bool works, string? directory = null) =>
        RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", NodeWorks = works, Directory = directory, Time = Noon });

    private static async Task<HttpClient> AddKeyAsync(RunningServer server, KeyLimits limits)
    {
        var (key, secret) = ApiKey.Create("alice", "alice", Scope.Tasks, DateTimeOffset.UnixEpoch);
        await server.Database.WriteAsync(transaction => KeyStore.Add(transaction, key with { Limits = limits }));
        server.Get<ApiKeys>().Reload();
        return VcpClient.CreateHttp(server.Url, secret);
    }

    private static async Task<string> TakenAsync(HttpClient http, Digest module)
    {
        using var response = await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.ToString().Split('/')[^1];
    }

    private static TaskRequest Small(Digest module) => Calls.Function(module, "add", 1, 2) with { Limits = new TaskLimits { Instructions = Instructions, MemoryBytes = 16 * 64 * 1024 } };

    private static string Body(Digest module) =>
        $$"""{"module":"{{module}}","entrypoint":"add","args":["1","2"],"limits":{"instructions":{{Instructions}},"memoryBytes":1048576} }""";
}
