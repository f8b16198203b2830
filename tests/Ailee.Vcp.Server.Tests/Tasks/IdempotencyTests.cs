using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class IdempotencyTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Fact]
    public async Task Submit_SameKeySameBody_SameTask()
    {
        var request = await RequestAsync(1);
        var key = NewKey();

        var first = await fixture.Client.SubmitTaskAsync(request, null, key, default);
        var second = await fixture.Client.SubmitTaskAsync(request, null, key, default);
        var other = await fixture.Client.SubmitTaskAsync(request, null, NewKey(), default);

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Id, other.Id);
    }

    [Fact]
    public async Task Submit_SameKeyOtherBody_Mismatch()
    {
        var key = NewKey();
        await fixture.Client.SubmitTaskAsync(await RequestAsync(1), null, key, default);
        var other = await RequestAsync(2);

        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "idempotency-mismatch", () => fixture.Client.SubmitTaskAsync(other, null, key, default));
    }

    [Fact]
    public async Task Submit_SameKeyAfterCancel_StillTheSameTask()
    {
        var request = await RequestAsync(1);
        var key = NewKey();
        var first = await fixture.Client.SubmitTaskAsync(request, null, key, default);
        await fixture.Client.CancelTaskAsync(TaskId.Parse(first.Id), default);

        var second = await fixture.Client.SubmitTaskAsync(request, null, key, default);

        Assert.Equal((first.Id, TaskStates.Cancelled), (second.Id, second.State));
    }

    [Fact]
    public async Task Submit_SameKeyAfterTheModuleWentAway_StillTheSameTask()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(77));
        var key = NewKey();
        var first = await fixture.Client.SubmitTaskAsync(Calls.Function(module, "run"), null, key, default);
        await fixture.Client.CancelTaskAsync(TaskId.Parse(first.Id), default);
        await fixture.Client.DeleteModuleAsync(module, default);

        var second = await fixture.Client.SubmitTaskAsync(Calls.Function(module, "run"), null, key, default);

        Assert.Equal(first.Id, second.Id);
    }

    [Fact]
    public async Task Submit_SameKeyAtOnce_OneTask()
    {
        var request = await RequestAsync(3);
        var key = NewKey();

        var tasks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => fixture.Client.SubmitTaskAsync(request, null, key, default)));

        Assert.Single(tasks.Select(task => task.Id).Distinct());
    }

    [Fact]
    public async Task Submit_SameKeyWhenTheQueueIsFull_StillTheSameTask()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Tasks:QueueCapacity"] = "1" } });
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var first = await server.Client.SubmitTaskAsync(request, null, "key", default);

        var second = await server.Client.SubmitTaskAsync(request, null, "key", default);

        Assert.Equal(first.Id, second.Id);
    }

    [Fact]
    public async Task Submit_RefusedBody_DoesNotUseTheKey()
    {
        var request = await RequestAsync(1);
        var key = NewKey();
        await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "entrypoint-missing", () => fixture.Client.SubmitTaskAsync(request with { Entrypoint = "none" }, null, key, default));

        var task = await fixture.Client.SubmitTaskAsync(request, null, key, default);

        Assert.Equal(TaskStates.Queued, task.State);
    }

    [Fact]
    public async Task Submit_KeyOlderThanADay_NewTask()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time, Directory = directory.Path });
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var first = await server.Client.SubmitTaskAsync(request, null, "key", default);

        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        var withinADay = await server.Client.SubmitTaskAsync(request, null, "key", default);
        server = await server.RestartAsync();
        await using (server)
        {
            var afterRestart = await server.Client.SubmitTaskAsync(request, null, "key", default);
            time.Advance(TimeSpan.FromMilliseconds(1));
            var after = await server.Client.SubmitTaskAsync(request with { Args = Calls.Arguments(3, 4) }, null, "key", default);
            var again = await server.Client.SubmitTaskAsync(request with { Args = Calls.Arguments(3, 4) }, null, "key", default);

            Assert.Equal((first.Id, first.Id), (withinADay.Id, afterRestart.Id));
            Assert.NotEqual(first.Id, after.Id);
            Assert.Equal(after.Id, again.Id);
        }
    }

    [Fact]
    public async Task Submit_EmptyOrOverlongKey_MalformedRequest()
    {
        await PostAsync(("Idempotency-Key", string.Empty)).ProblemAsync("malformed-request");
        await PostAsync(("Idempotency-Key", new string('k', 256))).ProblemAsync("malformed-request");
        using var longest = await PostAsync(("Idempotency-Key", new string('k', 255)));

        Assert.Equal(HttpStatusCode.Accepted, longest.StatusCode);
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private async Task<TaskRequest> RequestAsync(int number) => Calls.Function(await fixture.Client.UploadAsync(Guests.Math), "add", number, 0);

    private async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] headers)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        return await fixture.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"nothing"}""", MediaTypes.Json, headers);
    }
}
