using System.Globalization;
using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>What a task asks of its nodes and of its place among others.</summary>
public sealed class TaskSelectionTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Fact]
    public async Task Submit_NothingAskedFor_DefaultsAreShown()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        var task = await fixture.Client.GetTaskAsync(await fixture.Client.SubmitAsync(module, "add", 1, 2), null, default);

        Assert.Equal(("local", 5, null, null, null), (task.Submitter, task.Priority, task.Selection, task.MaxAttempts, task.Labels));
    }

    [Fact]
    public async Task Submit_AskedFor_IsStoredAndShown()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 1, 2) with
        {
            Selection = new TaskSelection { Strategy = "latency-aware", Architecture = "arm64", Labels = new Dictionary<string, string> { ["zone"] = "north" } },
            Priority = 9,
            MaxAttempts = 2,
            Labels = new Dictionary<string, string> { ["batch"] = "7", ["für"] = "" },
        };

        var task = await fixture.Client.GetTaskAsync(TaskId.Parse((await fixture.Client.SubmitTaskAsync(request, null, null, default)).Id), null, default);

        Assert.Equal((9, 2, "latency-aware", "arm64"), (task.Priority, task.MaxAttempts, task.Selection!.Strategy, task.Selection.Architecture));
        Assert.Equal(request.Selection.Labels, task.Selection.Labels!);
        Assert.Equal(request.Labels, task.Labels!);
    }

    [Theory]
    [InlineData("""
        "priority":-1
        """, "priority")]
    [InlineData("""
        "priority":10
        """, "priority")]
    [InlineData("""
        "maxAttempts":0
        """, "maxAttempts")]
    [InlineData("""
        "maxAttempts":6
        """, "maxAttempts")]
    [InlineData("""
        "selection":{"strategy":"Weighted"}
        """, "selection.strategy")]
    [InlineData("""
        "selection":{"architecture":""}
        """, "selection.architecture")]
    [InlineData("""
        "selection":{"labels":{"":"x"}}
        """, "selection.labels")]
    [InlineData("""
        "selection":{"labels":{"a":"x\ny"}}
        """, "selection.labels")]
    [InlineData("""
        "labels":{"a":null}
        """, "labels")]
    public async Task Submit_CannotBe_Refused(string member, string named)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        using var answer = await fixture.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2],{{member}}}""", MediaTypes.Json);

        Assert.StartsWith(named + " ", (await answer.ProblemAsync("selection-invalid")).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32, 64, 256, true)]
    [InlineData(33, 64, 256, false)]
    [InlineData(1, 65, 0, false)]
    [InlineData(1, 64, 257, false)]
    public async Task Submit_Labels_AreBounded(int count, int name, int value, bool ok)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var labels = Enumerable.Range(0, count).ToDictionary(number => number.ToString("D2", CultureInfo.InvariantCulture).PadRight(name, 'n'), _ => new string('v', value));
        Task Submit() => fixture.Client.SubmitTaskAsync(Calls.Function(module, "add", 1, 2) with { Labels = labels }, null, null, default);

        if (ok)
        {
            await Submit();
        }
        else
        {
            await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "selection-invalid", Submit);
        }
    }

    [Fact]
    public async Task Explain_TaskWithStoredReasonsThatWaits_ShowsBoth()
    {
        var server = fixture.Server;
        var id = await fixture.Client.SubmitAsync(await fixture.Client.UploadAsync(Guests.Math), "add", 1, 2);
        IReadOnlyList<CandidateView> reasons = [new("node", "weighted", 0.5, [new("health", 0.5, 0.5, "As it is.")], "Best.")];
        await server.Database.WriteAsync(transaction => transaction.Execute(
            "INSERT INTO attempts (lease, task, number, node, state, started_ms, reasons) SELECT $id, $task, 1, id, 'lost', 0, $reasons FROM nodes LIMIT 1",
            ("$id", Guid.NewGuid().ToByteArray()),
            ("$task", id.ToArray()),
            ("$reasons", JsonSerializer.Serialize(reasons, VcpJson.Default.IReadOnlyListCandidateView))));
        server.Get<Dispatcher>().Demand(new Demand { Task = id, Submitter = "local", Count = 2 });

        var explanation = await fixture.Client.ExplainTaskAsync(id, default);

        Assert.Equal((id.ToString(), TaskStates.Queued, 2), (explanation.Task, explanation.State, explanation.Waiting!.Needed));
        var candidate = Assert.Single(Assert.Single(explanation.Attempts).Candidates);
        Assert.Equal(("node", 0.5, "health"), (candidate.Node, candidate.Score, candidate.Factors[0].Name));
    }

    [Theory]
    [InlineData("00000000-0000-7000-8000-000000000000")]
    [InlineData("x")]
    public async Task Explain_NoSuchTask_NotFound(string id) => await fixture.Http.GetAsync($"api/v1/tasks/{id}/explain").ProblemAsync("task-not-found");
}
