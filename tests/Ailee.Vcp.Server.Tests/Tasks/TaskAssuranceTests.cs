using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskAssuranceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly TaskDivergence Divergence = new(
        [new DivergentRun(1, "completed", 0, Name("o"), 7, Name("a")), new DivergentRun(2, "completed", 0, Name("o"), 7, Name("b"))],
        "moved",
        1,
        0,
        new TraceEntry(1, null, new TraceCall(0, "random_get", ["0", "8"], 0, "sha256:0", 5), null),
        new TraceEntry(1, null, new TraceCall(0, "random_get", ["0", "8"], 0, "sha256:1", 5), null));

    [Theory]
    [InlineData(null, null, "single", null)]
    [InlineData("single", null, "single", null)]
    [InlineData("repeat", null, "repeat", 3)]
    [InlineData("repeat", 2, "repeat", 2)]
    [InlineData("repeat", 10, "repeat", 10)]
    public async Task Submit_Offered_OneStatementAndTheModeIsShown(string? mode, int? runs, string shown, int? shownRuns)
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);

        var task = await fixture.Client.RunAsync(Calls.Command(module, "a") with { Assurance = new TaskAssurance { Mode = mode, Runs = runs } });

        Assert.Equal((TaskStates.Completed, new AssuranceView(shown, shownRuns)), (task.State, task.Assurance));
        Assert.Single(task.Proofs);
        Assert.Equal("accepted", Assert.Single(task.Attempts).State);
    }

    [Theory]
    [InlineData("adaptive", 3, "assurance-invalid")]
    [InlineData("quorum", 3, "assurance-invalid")]
    [InlineData("Repeat", null, "assurance-invalid")]
    [InlineData("", null, "assurance-invalid")]
    [InlineData("repeat", 1, "assurance-invalid")]
    [InlineData("repeat", 11, "assurance-invalid")]
    [InlineData("repeat", -1, "assurance-invalid")]
    [InlineData("single", 1, "assurance-invalid")]
    [InlineData(null, 3, "assurance-invalid")]
    public async Task Submit_NotOffered_Refused(string? mode, int? runs, string code)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 1, 2) with { Assurance = new TaskAssurance { Mode = mode, Runs = runs } };

        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, code, () => fixture.Client.SubmitTaskAsync(request, null, null, default));
    }

    [Fact]
    public async Task Run_RepeatThatTimesOut_FailsAsOneRunDoes()
    {
        var module = await fixture.Client.UploadAsync(Guests.EndlessLoop);

        var task = await fixture.Client.RunAsync(Calls.Function(module, "run") with { Assurance = new TaskAssurance { Mode = "repeat" }, Limits = new TaskLimits { TimeoutMs = 20 } });

        Assert.Equal((TaskStates.Failed, "timeout"), (task.State, task.Failure!.Code));
        Assert.Null(task.Failure.Divergence);
    }

    [Fact]
    public async Task Report_Divergence_FailsTheTaskAtOnceAndIsShown()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var (id, lease) = await LeaseAsync(server, node, "repeat");
        var report = new LeaseReport { Lease = lease.Lease, Divergence = Divergence, WallTime = TimeSpan.Zero };

        var receipt = await node.Gateway.ReportAsync(report, default);
        var again = await node.Gateway.ReportAsync(report, default);

        Assert.Equal((3, new LeaseReceipt(true, null), new LeaseReceipt(false, "lease-ended")), (lease.Runs, receipt, again));
        var task = await server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Failed, "repeat-mismatch"), (task.State, task.Failure!.Code));
        Assert.Equivalent(Divergence, task.Failure.Divergence);
        Assert.Equal(("inconclusive", "repeat-mismatch"), (Assert.Single(task.Attempts).State, task.Attempts[0].Reason));
        Assert.Empty(task.Proofs);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => server.Client.ListTraceAsync(id, null, null, default));
        Assert.Contains("vcp_task_repeats_total{result=\"mismatch\"} 1", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_DivergenceOfASingleRun_RefusedAndTriedAgain()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var (id, lease) = await LeaseAsync(server, node, "single");

        var receipt = await node.Gateway.ReportAsync(new LeaseReport { Lease = lease.Lease, Divergence = Divergence, WallTime = TimeSpan.Zero }, default);

        Assert.Equal(new LeaseReceipt(false, "divergence-unasked"), receipt);
        Assert.True((await node.AnswerAsync(await node.LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Completed, (await server.Client.GetTaskAsync(id, null, default)).State);
    }

    private static string Name(string text) => Core.Digest.Of(System.Text.Encoding.UTF8.GetBytes(text)).ToString();

    private static async Task<(Core.TaskId Task, LeaseOffer Lease)> LeaseAsync(RunningServer server, ActingNode node, string mode)
    {
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2) with { Assurance = new TaskAssurance { Mode = mode } };
        var task = await server.Client.SubmitTaskAsync(request, null, null, default);
        return (Core.TaskId.Parse(task.Id), await node.LeaseAsync());
    }
}
