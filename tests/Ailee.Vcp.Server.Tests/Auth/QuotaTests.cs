using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>What a key allows its tenant, and that nothing gets past it.</summary>
public sealed class QuotaTests
{
    private const long Instructions = 1_000_000;

    // Of one task with the least memory, without its input: a page costs 1000, and a byte of input 1.
    private const long MostGas = Instructions + (16 * 1000);

    // More than the input of a small task.
    private const long SmallInput = 1000;

    private const string Command = """(module (memory (export "memory") 1) (func (export "_start")))""";

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
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, (2 * MostGas) + SmallInput, null));
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
        using var free = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(free);
        var module = await client.UploadAsync(Guests.Math);
        var task = await client.RunAsync(Small(module));

        var used = server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow()));
        var tomorrow = server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow() + TimeSpan.FromDays(1)));

        Assert.Equal((task.Metrics!.Gas, 0L), (used, tomorrow));
        var again = MostGas + (await free.GetByteArrayAsync(new Uri($"api/v1/tasks/{task.Id}/invocation", UriKind.Relative))).Length;
        using var less = await AddKeyAsync(server, new KeyLimits(null, null, used + again - 1, null));
        await less.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json).ProblemAsync("quota-gas");
        using var enough = await AddKeyAsync(server, new KeyLimits(null, null, used + again, null));
        await TakenAsync(enough, module);
    }

    [Fact]
    public async Task GasPerDay_ClockGoesBackOverMidnight_ForgetsNothing()
    {
        var time = new WrongTime { Ahead = TimeSpan.FromDays(1) };
        await using var server = await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", Time = time });
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var gas = (await client.RunAsync(Small(module))).Metrics!.Gas;

        time.Ahead = TimeSpan.Zero;

        Assert.Equal(gas, Used());
        await client.RunAsync(Small(module));
        Assert.Equal(2 * gas, Used());
        time.Ahead = TimeSpan.FromDays(1);
        Assert.Equal(0, Used());

        long Used() => server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", time.GetUtcNow()));
    }

    [Fact]
    public async Task GasPerDay_RepeatedRuns_CountEach()
    {
        await using var server = await StartAsync(works: true);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);

        var task = await client.RunAsync(Small(await client.UploadAsync(Guests.Math)) with { Assurance = new TaskAssurance { Mode = AssuranceModes.RepeatedRuns, Runs = 4 } });

        Assert.Equal(4 * task.Metrics!.Gas, server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow())));
    }

    [Theory]
    [InlineData("""{"mode":"repeat","runs":3}""", 3)]
    [InlineData("""{"mode":"repeat","runs":4}""", 4)]
    public async Task GasPerDay_UndecidedRepeatedRuns_AreAllReserved(string assurance, int runs)
    {
        await using var server = await StartAsync(works: false);
        using var enough = await AddKeyAsync(server, new KeyLimits(null, null, runs * (MostGas + SmallInput), null));
        using var less = await AddKeyAsync(server, new KeyLimits(null, null, runs * MostGas, null));
        var body = Body(await new VcpClient(enough).UploadAsync(Guests.Math))[..^1] + $$""","assurance":{{assurance}} }""";

        await less.PostAsync("api/v1/tasks", body, MediaTypes.Json).ProblemAsync("quota-gas");
        using var taken = await enough.PostAsync("api/v1/tasks", body, MediaTypes.Json);

        Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
    }

    [Fact]
    public async Task GasPerDay_UndecidedTask_ReservesItsInput()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, MostGas + SmallInput, null));
        var command = await new VcpClient(http).UploadAsync(Command);
        string Sends(long bytes) => $$"""{"module":"{{command}}","input":{"text":"{{new string('x', (int)bytes)}}"},"limits":{"instructions":{{Instructions}},"memoryBytes":1048576} }""";

        await http.PostAsync("api/v1/tasks", Sends(SmallInput), MediaTypes.Json).ProblemAsync("quota-gas");
        using var taken = await http.PostAsync("api/v1/tasks", Sends(1), MediaTypes.Json);

        Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
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
        var invocation = await http.GetByteArrayAsync(new Uri($"api/v1/tasks/{task.Id}/invocation", UriKind.Relative));
        Assert.Equal(1_000_000_000_000 + (16 * 1000) + invocation.Length, server.Database.Read(transaction => TenantUsage.Gas(transaction, "alice", Noon.GetUtcNow())));
    }

    [Fact]
    public async Task GasPerDay_TaskThatNobodyBegan_CostsNothing()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, MostGas + SmallInput, null));
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
        var command = await client.UploadAsync(Command);
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

    [Theory]
    [InlineData("args", """["LONG"]""")]
    [InlineData("env", """{"A":"LONG"}""")]
    [InlineData("labels", """{"a":"LONG"}""")]
    [InlineData("selection", """{"labels":{"a":"LONG"}}""")]
    [InlineData("input", """{"text":"LONG"}""")]
    public async Task StoredBytes_UndecidedTasks_ReserveAllThatWasSent(string member, string value)
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, null, 1000));
        var command = await new VcpClient(http).UploadAsync(Command);
        var body = $$"""{"module":"{{command}}","{{member}}":{{value.Replace("LONG", new string('x', 250), StringComparison.Ordinal)}} }""";
        var taken = 0;
        HttpResponseMessage answer;

        while ((answer = await http.PostAsync("api/v1/tasks", body, MediaTypes.Json)).StatusCode == System.Net.HttpStatusCode.Accepted)
        {
            taken++;
            answer.Dispose();
            Assert.InRange(taken, 1, 3);
        }

        await answer.ProblemAsync("quota-stored-bytes");
        Assert.NotEqual(0, taken);
    }

    [Fact]
    public async Task StoredBytes_OfATask_AreTheSameWhetherItIsNewFoundAgainOrDecided()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var body = Body(module)[..^1] + ""","labels":{"a":"ä"},"selection":{"labels":{"b":"ö"}},"assurance":{"mode":"repeat","runs":2} }""";
        using var answer = await http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        var id = TaskId.Parse(answer.Headers.Location!.ToString().Split('/')[^1]);
        var stored = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));

        var (held, place) = (server.Get<TaskPlaces>().Of("alice"), server.Database.Read(transaction => DemandStore.FindPlace(transaction, id)));
        await client.CancelTaskAsync(id, default);

        Assert.Equal((held.Gas, held.Bytes), (place.Gas, place.Bytes));
        Assert.Equal(stored + held.Bytes, server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")));
        Assert.Equal(default, server.Get<TaskPlaces>().Of("alice"));
    }

    [Fact]
    public async Task StoredBytes_OfACompletedTask_CountItsOutputsAndTrace()
    {
        await using var server = await StartAsync(works: true);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var module = await client.UploadAsync(Guests.Math);
        var before = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));

        await client.RunAsync(Small(module));

        var rows = server.Database.Read(transaction => transaction.QueryFirst(
            """
            SELECT LENGTH('{}') + LENGTH(invocation) + LENGTH(stdin) + LENGTH(record) + LENGTH(stdout) + LENGTH(stderr), LENGTH(hashes) + LENGTH(lengths) + LENGTH(leaves)
            FROM task_inputs NATURAL JOIN task_outputs NATURAL JOIN task_traces
            """,
            row => (Bytes: row.Int64(0), TraceBytes: row.Int64(1))));
        Assert.NotEqual(0, rows.TraceBytes);
        Assert.Equal(before + rows.Bytes + rows.TraceBytes, server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")));
    }

    [Fact]
    public async Task StoredBytes_OfACancelledTask_DoNotCountWhatCameForItBefore()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var task = TaskId.Parse(await TakenAsync(http, await client.UploadAsync(Guests.Math)));
        var held = server.Get<TaskPlaces>().Of("alice").Bytes + server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));
        await server.Database.WriteAsync(transaction => transaction.Execute("INSERT INTO task_traces (task, hashes, lengths, leaves) VALUES ($task, x'00', x'00', x'00')", ("$task", task.ToArray())));

        await client.CancelTaskAsync(task, default);

        Assert.Equal(held, server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")));
    }

    [Fact]
    public async Task StoredBytes_InputTakenAway_CountsTheRest()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, KeyLimits.None);
        var client = new VcpClient(http);
        var body = Body(await client.UploadAsync(Guests.Math))[..^1] + ""","labels":{"a":"b"} }""";
        using var answer = await http.PostAsync("api/v1/tasks", body, MediaTypes.Json);
        var id = TaskId.Parse(answer.Headers.Location!.ToString().Split('/')[^1]);
        var before = server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));
        await client.CancelTaskAsync(id, default);

        await server.Database.WriteAsync(transaction => RetentionStore.Expire(transaction, ExpiringContent.Inputs, Noon.GetUtcNow(), default));

        Assert.Null(server.Database.Read(transaction => TaskStore.FindInput(transaction, id)));
        Assert.Equal(before + """{}{"a":"b"}""".Length, server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")));
    }

    [Fact]
    public async Task StoredBytes_UploadsAtOnce_OnlyWhatFits()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, null, 20_000));
        var uploads = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 4; i++)
        {
            uploads.Add(http.PostAsync("api/v1/modules", $"""(module (memory 1) (data (i32.const 0) "{new string((char)('a' + i), 9000)}"))""", MediaTypes.Wat));
            uploads.Add(http.PostAsync("api/v1/bundles", Trees.Of(("a", new string((char)('a' + i), 7000))).Tar().ToArray(), MediaTypes.Tar));
        }

        var answers = await Task.WhenAll(uploads);

        Assert.InRange(server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice")), 9000, 20_000);
        foreach (var answer in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            await answer.ProblemAsync("quota-stored-bytes");
        }

        Assert.Equal(default, server.Get<TaskPlaces>().Of("alice"));
    }

    [Fact]
    public async Task StoredBytes_AnUploadIsBeingStored_NothingElseGetsItsPlace()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, null, 2000));
        var caller = new Caller("alice", "alice", Scope.Tasks) { Limits = new KeyLimits(null, null, null, 2000) };
        var module = await new VcpClient(http).UploadAsync(Guests.Math);
        var quotas = server.Get<Quotas>();
        var left = 2000 - server.Database.Read(transaction => TenantUsage.Stored(transaction, "alice"));

        Assert.Null(quotas.TryReserve(caller, left, out var reservation));

        Assert.NotNull(quotas.TryReserve(caller, 1, out _));
        await http.PostAsync("api/v1/tasks", Body(module), MediaTypes.Json).ProblemAsync("quota-stored-bytes");
        reservation!.Dispose();
        await TakenAsync(http, module);
    }

    [Fact]
    public async Task StoredBytes_UsedUp_NoBundleIsTakenIn()
    {
        await using var server = await StartAsync(works: false);
        using var http = await AddKeyAsync(server, new KeyLimits(null, null, null, 0));

        // With 100-continue the server would ask for the body.
        var (status, text) = await RawConnection.AskAsync(
            server.Url,
            "POST /api/v1/bundles HTTP/1.1",
            "Host: x",
            $"Authorization: {http.DefaultRequestHeaders.Authorization}",
            $"Content-Type: {MediaTypes.Tar}",
            "Content-Length: 1000000",
            "Expect: 100-continue");

        Assert.True(status == 429, text);
        Assert.Contains("quota-stored-bytes", text, StringComparison.Ordinal);
    }

    private static Task<RunningServer> StartAsync(bool works, string? directory = null) =>
        RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0", NodeWorks = works, Directory = directory, Time = Noon });

    private static async Task<TaskId> SubmitAsync(VcpClient client, TaskRequest request) => TaskId.Parse((await client.SubmitTaskAsync(request, null, null, default)).Id);

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
