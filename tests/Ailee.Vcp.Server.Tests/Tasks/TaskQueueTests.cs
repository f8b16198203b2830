using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskQueueTests
{
    [Fact]
    public async Task Submit_QueueFull_UnavailableWithRetryAfter()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Tasks:QueueCapacity"] = "3" } });
        var module = await server.Client.UploadAsync(Guests.Math);
        var ids = new List<TaskId>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await server.Client.SubmitAsync(module, "add", 1, i));
        }

        using var full = await server.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"nothing"}""", MediaTypes.Json);
        Assert.Equal("1", Assert.Single(full.Headers.GetValues("Retry-After")));
        await full.ProblemAsync("queue-full");
        await server.Client.CancelTaskAsync(ids[1], default);
        await server.Client.SubmitAsync(module, "add", 1, 4);

        await Calls.RefusedAsync(HttpStatusCode.ServiceUnavailable, "queue-full", () => server.Client.SubmitAsync(module, "add", 1, 5));
    }

    [Fact]
    public async Task Submit_DecidedTasks_GiveTheirPlacesBack()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Tasks:QueueCapacity"] = "1" } });
        var math = await server.Client.UploadAsync(Guests.Math);
        var bomb = await server.Client.UploadAsync(Guests.StackBomb);

        for (var i = 0; i < 3; i++)
        {
            await server.Client.RunAsync(math, "add", 1, i);
            await server.Client.RunAsync(bomb, "run");
            await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "entrypoint-missing", () => server.Client.RunAsync(math, "none"));
        }
    }

    [Fact]
    public async Task Start_MoreTasksThanPlaces_NoneIsRefused()
    {
        using var directory = new TempDirectory();
        var setup = new ServerSetup { NodeWorks = false, Directory = directory.Path };
        var ids = new List<TaskId>();
        await using (var server = await RunningServer.StartAsync(setup))
        {
            var module = await server.Client.UploadAsync(Guests.Math);
            for (var i = 0; i < 5; i++)
            {
                ids.Add(await server.Client.SubmitAsync(module, "add", 1, i));
            }
        }

        await using var restarted = await RunningServer.StartAsync(setup with { NodeWorks = true, Configuration = new() { ["Tasks:QueueCapacity"] = "2" } });
        var tasks = await Task.WhenAll(ids.Select(id => restarted.Client.GetTaskAsync(id, Calls.LongWait, default)));

        Assert.Equal(["1", "2", "3", "4", "5"], tasks.Select(task => task.Result!.Results[0].Value.GetRawText()));
    }
}
