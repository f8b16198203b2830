using System.Net;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskCancelTests
{
    [Fact]
    public async Task Cancel_Running_EndsTheGuestAndTheAttemptSaysSo()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Sandbox:Slots"] = "1" } });
        var loop = await server.Client.UploadAsync(Guests.EndlessLoop);
        var math = await server.Client.UploadAsync(Guests.Math);
        var id = await server.Client.SubmitAsync(loop, "run");
        await RunningAsync(server, id);

        var cancelled = await server.Client.CancelTaskAsync(id, default);

        Assert.Equal(TaskStates.Cancelled, cancelled.State);
        var attempt = Assert.Single(cancelled.Attempts);
        Assert.Equal("cancelled", attempt.State);
        Assert.NotNull(attempt.EndedAt);
        // The only slot is free again: the loop itself would hold it for a minute.
        var next = await server.Client.SubmitTaskAsync(Calls.Function(math, "add", 1, 2), TimeSpan.FromSeconds(30), null, default);
        Assert.Equal(TaskStates.Completed, next.State);
    }

    [Fact]
    public async Task Cancel_Running_StoresNothingOfTheRun()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.EndlessLoop), "run");
        await RunningAsync(server, id);

        await server.Client.CancelTaskAsync(id, default);

        var task = await server.Client.GetTaskAsync(id, null, default);
        Assert.Empty(task.Proofs);
        Assert.Null(task.Result);
        Assert.Empty((await server.Client.ListProofsAsync(id.ToString(), null, null, null, null, default)).Items);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => server.Client.GetOutputRecordAsync(id, default));
    }

    [Fact]
    public async Task Cancel_ManyAtAnyMoment_EachEndsOnceAndNoSlotIsLost()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Sandbox:Slots"] = "1" } });
        var loop = await server.Client.UploadAsync(Guests.EndlessLoop);
        var math = await server.Client.UploadAsync(Guests.Math);

        // Cancelled while queued, between lease and start, and while running, as it happens.
        var cancelled = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            var id = await server.Client.SubmitAsync(loop, "run");
            return await server.Client.CancelTaskAsync(id, default);
        }));

        Assert.All(cancelled, task => Assert.Equal(TaskStates.Cancelled, task.State));
        Assert.All(cancelled.SelectMany(task => task.Attempts), attempt => Assert.Equal("cancelled", attempt.State));
        var next = await server.Client.SubmitTaskAsync(Calls.Function(math, "add", 1, 2), TimeSpan.FromSeconds(30), null, default);
        Assert.Equal(TaskStates.Completed, next.State);
        Assert.Equal(40, (await server.Client.GetStatsAsync(default)).Tasks[TaskStates.Cancelled]);
    }

    [Fact]
    public async Task Cancel_Decided_Conflict()
    {
        await using var server = await RunningServer.StartAsync();
        var task = await server.Client.RunAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-already-decided", () => server.Client.CancelTaskAsync(TaskId.Parse(task.Id), default));

        Assert.Equal(TaskStates.Completed, (await server.Client.GetTaskAsync(TaskId.Parse(task.Id), null, default)).State);
    }

    [Fact]
    public async Task Stop_WhileGuestsRun_TheyRunAgainAfterTheStart()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.EndlessLoop), "run");
        await RunningAsync(server, id);

        server = await server.RestartAsync();

        await using (server)
        {
            await RunningAsync(server, id);
            var cancelled = await server.Client.CancelTaskAsync(id, default);
            Assert.Equal([("lost", "restart"), ("cancelled", "task-cancelled")], cancelled.Attempts.Select(attempt => (attempt.State, attempt.Reason)));
        }
    }

    private static async Task RunningAsync(RunningServer server, TaskId id)
    {
        string state;
        do
        {
            state = (await server.Client.GetTaskAsync(id, null, default)).State;
        }
        while (state == TaskStates.Queued);
        Assert.Equal(TaskStates.Running, state);
    }
}
