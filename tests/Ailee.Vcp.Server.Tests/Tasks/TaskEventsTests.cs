using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskEventsTests : IAsyncLifetime
{
    private RunningServer? _server;
    private ActingNode? _node;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        _node = new ActingNode(_server);
    }

    [Fact]
    public async Task Events_WhileTheTaskRuns_EachAsItHappens()
    {
        var id = await SubmitAsync();
        await using var events = FollowAsync(id).GetAsyncEnumerator();

        Assert.Equal(("submitted", "queued", null), await NextAsync(events));
        var lease = await _node!.LeaseAsync();
        Assert.Equal(("attempt-started", "running", "running"), await NextAsync(events));
        await _node.AnswerAsync(lease);
        Assert.Equal(("attempt-ended", "completed", "accepted"), await NextAsync(events));
        Assert.Equal(("decided", "completed", null), await NextAsync(events));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Events_AfterTheDecision_AllWithTheSameNames()
    {
        var id = await SubmitAsync();
        await _node!.AnswerAsync(await _node.LeaseAsync());

        for (var i = 0; i < 2; i++)
        {
            var all = new List<string?>();
            await foreach (var item in FollowAsync(id))
            {
                all.Add(item.EventId);
                Assert.Equal(item.EventType, item.Data.Kind);
            }

            Assert.Equal(["submitted", "attempt-started-1", "attempt-ended-1", "decided"], all);
        }
    }

    [Fact]
    public async Task Events_WhoHeardTheLast_IsToldToStayAway()
    {
        var id = await SubmitAsync();
        await Server.Client.CancelTaskAsync(id, default);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/tasks/{id}/events");
        request.Headers.Add("Last-Event-ID", "decided");

        using var answer = await Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("00000000-0000-7000-8000-000000000000")]
    public async Task Events_NoSuchTask_NotFound(string id) => await Server.Http.GetAsync($"api/v1/tasks/{id}/events").ProblemAsync("task-not-found");

    [Fact]
    public async Task Events_ServerStops_TheStreamEnds()
    {
        var id = await SubmitAsync();
        await using var events = FollowAsync(id).GetAsyncEnumerator();
        await NextAsync(events);

        Server.Get<IHostApplicationLifetime>().StopApplication();

        Assert.False(await events.MoveNextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _node!.Dispose();
        await Server.DisposeAsync();
    }

    private static async Task<(string Kind, string State, string? Attempt)> NextAsync(IAsyncEnumerator<SseItem<TaskEvent>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return (events.Current.Data.Kind, events.Current.Data.State, events.Current.Data.Attempt?.State);
    }

    private async Task<TaskId> SubmitAsync() => await Server.Client.SubmitAsync(await Server.Client.UploadAsync(Guests.Math), "add", 1, 2);

    private async IAsyncEnumerable<SseItem<TaskEvent>> FollowAsync(TaskId id)
    {
        using var answer = await Server.Http.GetAsync($"api/v1/tasks/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(), (_, data) => JsonSerializer.Deserialize(data, VcpJson.Default.TaskEvent)!).EnumerateAsync())
        {
            yield return item;
        }
    }
}
