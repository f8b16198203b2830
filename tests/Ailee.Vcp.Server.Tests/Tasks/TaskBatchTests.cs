using System.Net.Http.Json;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskBatchTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Fact]
    public async Task Batch_GoodAndBad_EachByItself()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var none = new Digest(new byte[32]);
        TaskRequest[] requests = [Calls.Function(module, "add", 1, 2), Calls.Function(none, "add", 1, 2), Calls.Function(module, "add", 1), Calls.Function(module, "add", 3, 4)];

        var answer = await fixture.Client.SubmitTasksAsync(requests, null, default);

        Assert.Equal((2, 2), (answer.Accepted, answer.Refused));
        Assert.Equal([null, ("module-not-found", 404), ("arguments-invalid", 422), null], answer.Items.Select(item => item.Problem is { } problem ? (problem.Code, problem.Status) : ((string?, int)?)null));
        foreach (var item in (TaskBatchItem[])[answer.Items[0], answer.Items[3]])
        {
            Assert.Equal(TaskStates.Queued, (await fixture.Client.GetTaskAsync(TaskId.Parse(item.Id!), null, default)).State);
        }
    }

    [Fact]
    public async Task Batch_MalformedTask_OnlyThatOneIsRefused()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var good = $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""";

        var answer = await PostAsync($$"""{"tasks":[{{good}},{"module":"x","more":1},null,7,{{good}}]}""");

        var view = await answer.Content.ReadFromJsonAsync(VcpJson.Default.TaskBatchView);
        Assert.Equal([null, "malformed-json", "malformed-json", "malformed-json", null], view!.Items.Select(item => item.Problem?.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tasks":[]}""")]
    [InlineData("""{"tasks":{}}""")]
    [InlineData("""{"tasks":{"\ud800":"x"}}""")]
    [InlineData("""{"tasks":[{}],"more":1}""")]
    [InlineData("""{"tasks":[{}],"tasks":[{}]}""")]
    [InlineData("""{"tasks":[{}]""")]
    public async Task Batch_NoBatch_MalformedJson(string body) => await PostAsync(body).ProblemAsync("malformed-json");

    [Fact]
    public async Task Batch_TooMany_MalformedJson() =>
        await PostAsync($$"""{"tasks":[{{string.Join(',', Enumerable.Repeat("{}", 1001))}}]}""").ProblemAsync("malformed-json");

    [Fact]
    public async Task Batch_OfAnotherType_Unsupported() =>
        await fixture.Http.PostAsync("api/v1/tasks:batch", new StringContent("{}", Encoding.UTF8, "text/plain")).ProblemAsync("unsupported-media-type");

    [Fact]
    public async Task Batch_SentAgain_TheSameTasks()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        TaskRequest[] requests = [Calls.Function(module, "add", 1, 2), Calls.Function(module, "add", 1, 2)];

        var first = await fixture.Client.SubmitTasksAsync(requests, "batch", default);
        var again = await fixture.Client.SubmitTasksAsync(requests, "batch", default);
        var longer = await fixture.Client.SubmitTasksAsync([requests[0], Calls.Function(module, "add", 5, 6), requests[1]], "batch", default);

        Assert.Equal(first.Items.Select(item => item.Id), again.Items.Select(item => item.Id));
        Assert.Equal(2, first.Items.Select(item => item.Id).Distinct().Count());
        Assert.Equal(first.Items[0].Id, longer.Items[0].Id);
        Assert.Equal("idempotency-mismatch", longer.Items[1].Problem?.Code);
        Assert.NotNull(longer.Items[2].Id);
    }

    [Fact]
    public async Task Batch_MoreThanThereArePlaces_TheRestIsToldToComeBack()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Tasks:QueueCapacity"] = "3" } });
        var module = await server.Client.UploadAsync(Guests.Math);
        var requests = Enumerable.Range(0, 5).Select(i => Calls.Function(module, "add", 1, i)).ToList();

        var answer = await server.Client.SubmitTasksAsync(requests, null, default);

        Assert.Equal([null, null, null, "queue-full", "queue-full"], answer.Items.Select(item => item.Problem?.Code));
        await server.Client.CancelTaskAsync(TaskId.Parse(answer.Items[0].Id!), default);
        var later = await server.Client.SubmitTasksAsync(requests[3..], null, default);
        Assert.Equal((1, 1), (later.Accepted, later.Refused));
    }

    private async Task<HttpResponseMessage> PostAsync(string body) =>
        await fixture.Http.PostAsync("api/v1/tasks:batch", new StringContent(body, Encoding.UTF8, MediaTypes.Json));
}
