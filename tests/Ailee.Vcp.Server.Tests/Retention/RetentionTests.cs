using System.Net;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Retention;

/// <summary>The bytes of finished tasks go when they are old; what was proven stays.</summary>
public sealed class RetentionTests
{
    private static readonly string[] Switches = ["Retention:OutputHours", "Retention:TraceHours", "Retention:InputHours"];

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Sweep_Old_BytesAreGoneAndTheProofHolds()
    {
        await using var server = await StartAsync(Switches);
        using var node = new ActingNode(server);
        var task = await RunAsync(server, node, "hello");
        var record = await server.Client.GetOutputRecordAsync(TaskId.Parse(task.Id), default);

        await SweepAsync(server, task.CompletedAt!.Value + Hour);

        var id = TaskId.Parse(task.Id);
        await Calls.RefusedAsync(HttpStatusCode.Gone, "output-expired", () => server.Client.GetStdoutAsync(id, default));
        await Calls.RefusedAsync(HttpStatusCode.Gone, "output-expired", () => server.Client.GetOutputRecordAsync(id, default));
        await Calls.RefusedAsync(HttpStatusCode.Gone, "input-expired", () => server.Client.GetInvocationAsync(id, default));
        await server.Http.GetAsync($"api/v1/tasks/{id}/output/proof").ProblemAsync("output-expired");
        await server.Http.GetAsync($"api/v1/tasks/{id}/files/out").ProblemAsync("output-expired");
        await server.Http.GetAsync($"api/v1/tasks/{id}/trace").ProblemAsync("trace-expired");
        var after = await server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((true, null, task.Result!.Output.SizeBytes, task.Result.Output.Digest), (after.Result!.Expired, after.Result.Output.Text, after.Result.Output.SizeBytes, after.Result.Output.Digest));
        Assert.Equal((task.Result.Outcome, task.Result.ExitCode, task.Result.FileCount), (after.Result.Outcome, after.Result.ExitCode, after.Result.FileCount));
        Assert.Equal(["output", "trace", "input"], (await server.Client.ExplainTaskAsync(id, default)).Expired);
        var proof = await server.Client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), Calls.LongWait, default);
        Assert.True(StatementVerifier.Verify(proof, new Evidence { LogKey = await server.Client.GetLogKeyAsync(default), Output = record, Stdout = "main\0hello"u8.ToArray() }).Valid);
        await AssertCountedAsync(server, "output", "trace", "input");
    }

    [Fact]
    public async Task Sweep_JustNotOld_NothingGoes()
    {
        await using var server = await StartAsync(Switches);
        using var node = new ActingNode(server);
        var task = await RunAsync(server, node, "hello");

        await SweepAsync(server, task.CompletedAt!.Value + Hour - TimeSpan.FromMilliseconds(1));

        Assert.Equal("main\0hello"u8.ToArray(), await server.Client.GetStdoutAsync(TaskId.Parse(task.Id), default));
        Assert.Null((await server.Client.ExplainTaskAsync(TaskId.Parse(task.Id), default)).Expired);
    }

    [Fact]
    public async Task Sweep_WithoutPolicy_NothingEverGoes()
    {
        await using var server = await StartAsync([]);
        using var node = new ActingNode(server);
        var task = await RunAsync(server, node, "hello");

        await SweepAsync(server, task.CompletedAt!.Value + TimeSpan.FromDays(10_000));

        Assert.Equal("main\0hello"u8.ToArray(), await server.Client.GetStdoutAsync(TaskId.Parse(task.Id), default));
    }

    [Theory]
    [InlineData("Retention:OutputHours", "output")]
    [InlineData("Retention:TraceHours", "trace")]
    [InlineData("Retention:InputHours", "input")]
    public async Task Sweep_OneOfThem_TheOthersStay(string key, string expected)
    {
        await using var server = await StartAsync([key]);
        using var node = new ActingNode(server);
        var task = await RunAsync(server, node, "hello");
        var id = TaskId.Parse(task.Id);

        await SweepAsync(server, task.CompletedAt!.Value + Hour);

        Assert.Equal([expected], (await server.Client.ExplainTaskAsync(id, default)).Expired);
        Assert.Equal(expected != "output", (await server.Client.GetTaskAsync(id, null, default)).Result!.Expired is null);
    }

    [Fact]
    public async Task Sweep_UndecidedOrAudited_Stays()
    {
        await using var server = await StartAsync(Switches);
        using var node = new ActingNode(server);
        var audited = TaskId.Parse((await RunAsync(server, node, "audited")).Id);
        var waiting = await SubmitAsync(server, "waiting");
        await server.Database.WriteAsync(transaction => transaction.Execute(
            "INSERT INTO audits (task, node, state, created_ms) VALUES ($task, $node, 'due', 0)", ("$task", audited.ToArray()), ("$node", node.Id.Thumbprint.ToArray())));
        var later = DateTimeOffset.MaxValue;

        await SweepAsync(server, later);

        Assert.Null((await server.Client.ExplainTaskAsync(audited, default)).Expired);
        Assert.Null((await server.Client.ExplainTaskAsync(waiting, default)).Expired);
        await server.Database.WriteAsync(transaction => transaction.Execute("UPDATE audits SET state = 'passed'"));
        await SweepAsync(server, later);
        Assert.Equal(3, (await server.Client.ExplainTaskAsync(audited, default)).Expired!.Count);
    }

    [Fact]
    public async Task Sweep_ReportForATaskWhoseInputIsGone_IsNoFaultOfTheNode()
    {
        await using var server = await StartAsync(Switches);
        using var node = new ActingNode(server);
        await SubmitAsync(server, "hello");
        var lease = await node.LeaseAsync();
        var report = await node.ReportAsync(lease);
        await node.Gateway.ReportAsync(report, default);
        await SweepAsync(server, DateTimeOffset.MaxValue);

        var again = await node.Gateway.ReportAsync(report, default);

        Assert.Equal("lease-unknown", again.Code);
        Assert.DoesNotContain(server.Database.Read(transaction => transaction.Query("SELECT delta FROM node_events", row => row.Double(0))), delta => delta < 0);
    }

    [Fact]
    public async Task Sweep_MoreThanAStepTakes_AllGo()
    {
        const int Tasks = 350;
        await using var server = await StartAsync(Switches);
        await server.Database.WriteAsync(transaction =>
        {
            for (var i = 0; i < Tasks; i++)
            {
                var id = TaskId.Create(server.Get<TimeProvider>().GetUtcNow()).ToArray();
                transaction.Execute("INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms, completed_ms) VALUES ($id, 'completed', x'00', 'f', x'00', 1, 1, 2)", ("$id", id));
                transaction.Execute("INSERT INTO task_inputs (task, invocation, stdin) VALUES ($id, x'00', zeroblob(100000))", ("$id", id));
            }

            return 0;
        });

        await SweepAsync(server, DateTimeOffset.MaxValue);

        Assert.Equal(0, server.Database.Read(transaction => transaction.QueryFirst("SELECT COUNT(*) FROM task_inputs", row => row.Int64(0))));
    }

    [Fact]
    public async Task Sweep_UnderASteadyLoad_TheFileStaysBounded()
    {
        const int Rounds = 8;
        const int TasksOfARound = 6;
        await using var server = await StartAsync(Switches);
        using var node = new ActingNode(server);
        var output = new string('x', 60_000);
        var pages = new List<long>();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < TasksOfARound; i++)
            {
                await RunAsync(server, node, output);
            }

            pages.Add(Pages(server));
            await SweepAsync(server, DateTimeOffset.MaxValue);
        }

        // A round writes 60 000 bytes of input and as many of output for each task, which is some 30 pages.
        var perTask = (pages[^1] - pages[1]) / (double)((Rounds - 2) * TasksOfARound);
        Assert.True(pages[0] > TasksOfARound * 30, $"{pages[0]} pages");
        Assert.InRange(perTask, 0, 3);
    }

    private static long Pages(RunningServer server) => server.Database.Read(transaction => transaction.QueryFirst("PRAGMA page_count", row => row.Int64(0)));

    private static Task SweepAsync(RunningServer server, DateTimeOffset at) => server.Get<RetentionSweep>().SweepAsync(at, default);

    private static Task<RunningServer> StartAsync(IEnumerable<string> switches) =>
        RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = switches.ToDictionary(key => key, _ => "1") });

    private static async Task<TaskId> SubmitAsync(RunningServer server, string text)
    {
        var module = await server.Client.UploadAsync(Guests.Show);
        return TaskId.Parse((await server.Client.SubmitTaskAsync(Calls.Command(module) with { Input = new TaskInput { Text = text } }, null, null, default)).Id);
    }

    private static async Task<ComputeTask> RunAsync(RunningServer server, ActingNode node, string text)
    {
        var id = await SubmitAsync(server, text);
        await node.AnswerAsync(await node.LeaseAsync());
        var task = await server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "main".Length + 1 + text.Length), (task.State, (int)task.Result!.Output.SizeBytes));
        return task;
    }

    private static async Task AssertCountedAsync(RunningServer server, params string[] contents)
    {
        var metrics = await server.Http.GetStringAsync("metrics");
        Assert.All(contents, content => Assert.Contains($"vcp_expired_tasks_total{{content=\"{content}\"}} 1\n", metrics, StringComparison.Ordinal));
        Assert.All(["file", "free", "wal"], part => Assert.Contains($"vcp_database_bytes{{part=\"{part}\"}} ", metrics, StringComparison.Ordinal));
    }
}
