using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Tasks that stay undecided, because the node takes no work.</summary>
public sealed class TaskWaitingTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    private static readonly TaskId Unknown = TaskId.Create(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Submit_NoWait_AcceptedWithLocation()
    {
        using var response = await SubmitAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.False(response.Headers.Contains("Preference-Applied"));
        using var found = await fixture.Http.GetAsync(response.Headers.Location);
        Assert.Equal(await response.Content.ReadAsStringAsync(), await found.Content.ReadAsStringAsync());
        var task = JsonSerializer.Deserialize(await found.Content.ReadAsStringAsync(), VcpJson.Default.ComputeTask)!;
        Assert.Equal(TaskStates.Queued, task.State);
        Assert.Empty(task.Attempts);
        Assert.Empty(task.Proofs);
        Assert.Null(task.Result);
    }

    [Fact]
    public async Task Submit_WaitThatEnds_AcceptedAndPreferenceApplied()
    {
        using var response = await SubmitAsync(("Prefer", "wait=0"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("wait=0", Assert.Single(response.Headers.GetValues("Preference-Applied")));
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("wait=-1")]
    [InlineData("wait=soon")]
    [InlineData("return=minimal")]
    public async Task Submit_PreferenceThatCannotBeMet_Ignored(string prefer)
    {
        using var response = await SubmitAsync(("Prefer", prefer));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.False(response.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task Get_WaitThatEnds_StillQueued()
    {
        var id = await SubmitTaskAsync();

        var task = await fixture.Client.GetTaskAsync(id, TimeSpan.Zero, default);

        Assert.Equal(TaskStates.Queued, task.State);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("61")]
    [InlineData("soon")]
    public async Task Get_WaitOutOfRange_MalformedRequest(string wait)
    {
        var id = await SubmitTaskAsync();

        await fixture.Http.GetAsync($"api/v1/tasks/{id}?wait={wait}").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task Get_WaitingWhenCancelled_AnsweredAtOnce()
    {
        var id = await SubmitTaskAsync();
        var waits = Enumerable.Range(0, 5).Select(_ => fixture.Client.GetTaskAsync(id, Calls.LongWait, default)).ToList();

        await fixture.Client.CancelTaskAsync(id, default);

        Assert.All(await Task.WhenAll(waits), task => Assert.Equal(TaskStates.Cancelled, task.State));
    }

    [Fact]
    public async Task Get_UnknownOrMalformed_NotFound()
    {
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "task-not-found", () => fixture.Client.GetTaskAsync(Unknown, null, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "task-not-found", () => fixture.Client.GetTaskAsync(Unknown, Calls.LongWait, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "task-not-found", () => fixture.Client.CancelTaskAsync(Unknown, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "task-not-found", () => fixture.Client.GetInvocationAsync(Unknown, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "task-not-found", () => fixture.Client.GetStdoutAsync(Unknown, default));
        foreach (var path in (string[])["tasks/7", "tasks/7?wait=1", "tasks/7/invocation", "tasks/7/output", $"tasks/{Unknown.ToString().ToUpperInvariant()}"])
        {
            await fixture.Http.GetAsync($"api/v1/{path}").ProblemAsync("task-not-found");
        }

        await fixture.Http.DeleteAsync("api/v1/tasks/7").ProblemAsync("task-not-found");
    }

    [Fact]
    public async Task Output_Undecided_Conflict()
    {
        var id = await SubmitTaskAsync();

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => fixture.Client.GetStdoutAsync(id, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => fixture.Client.GetOutputRecordAsync(id, default));
        Assert.NotEmpty(await fixture.Client.GetInvocationAsync(id, default));
    }

    [Fact]
    public async Task Cancel_Queued_CancelledAndNotTwice()
    {
        var id = await SubmitTaskAsync();

        var cancelled = await fixture.Client.CancelTaskAsync(id, default);

        Assert.Equal(TaskStates.Cancelled, cancelled.State);
        Assert.NotNull(cancelled.CompletedAt);
        Assert.Empty(cancelled.Attempts);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-already-decided", () => fixture.Client.CancelTaskAsync(id, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => fixture.Client.GetStdoutAsync(id, default));
    }

    private async Task<HttpResponseMessage> SubmitAsync(params (string Name, string Value)[] headers)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        return await fixture.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""", MediaTypes.Json, headers);
    }

    private async Task<TaskId> SubmitTaskAsync() => await fixture.Client.SubmitAsync(await fixture.Client.UploadAsync(Guests.Math), "add", 1, 2);
}
