using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task Stop_WhileARequestWaits_AnsweredWithHowFarItCame()
    {
        var time = new SignallingTime();
        var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        using var http = VcpClient.CreateHttp(server.Url, null);
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var timer = time.NextTimer();
        var waiting = http.GetStringAsync($"api/v1/tasks/{id}?wait=60");
        await timer;

        await server.DisposeAsync();

        Assert.Equal(TaskStates.Queued, JsonSerializer.Deserialize(await waiting, VcpJson.Default.ComputeTask)!.State);
    }

    [Fact]
    public async Task Stop_ByAFailedService_ExitCodeSaysSo()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configure = services => services.AddHostedService<FailingService>() });
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Get<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        Assert.Equal(0, ServerHost.ExitCode(server.Services));

        FailingService.Fail.SetResult();
        await stopping.Task;

        Assert.Equal(1, ServerHost.ExitCode(server.Services));
    }

    [Fact]
    public async Task Stop_WhileItDrains_NotReadyAndNothingNewIsTaken()
    {
        var held = new HeldStop();
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path, NodeWorks = false, Configure = services => services.AddSingleton<IHostedService>(held) });
        using var http = VcpClient.CreateHttp(server.Url, null);
        var module = await server.Client.UploadAsync(Guests.Math);
        var id = await server.Client.SubmitAsync(module, "add", 1, 2);
        var stream = await http.GetStreamAsync($"api/v1/tasks/{id}/events");
        server.Get<IHostApplicationLifetime>().StopApplication();
        var stopping = server.DisposeAsync().AsTask();
        await held.Reached.Task;

        using var ready = await http.GetAsync("health/ready");
        using var live = await http.GetAsync("health/live");
        using var submitted = await http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""", MediaTypes.Json);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await ready.ProblemAsync("shutting-down");
        Assert.NotNull(submitted.Headers.RetryAfter?.Delta);
        await submitted.ProblemAsync("shutting-down");
        Assert.Contains("event: submitted", await new StreamReader(stream).ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(TaskStates.Queued, JsonSerializer.Deserialize(await http.GetStringAsync($"api/v1/tasks/{id}?wait=60"), VcpJson.Default.ComputeTask)!.State);
        held.Release.SetResult();
        await stopping;
    }

    [Fact]
    public async Task Stop_WithEntriesThatAreNotIntegrated_TheLogTakesThemIn()
    {
        using var directory = new TempDirectory();
        var time = new HeldTime();
        var server = await time.StartAsync(time.Setup with { Directory = directory.Path, NodeWorks = false });
        await server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("late"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));

        await server.DisposeAsync();

        using var session = new SqliteSession(directory.File("vcp.db"));
        Assert.Equal((3L, 3L), session.QueryFirst("SELECT size, (SELECT COUNT(*) FROM log_entries) FROM log_tree", row => (row.Int64(0), row.Int64(1))));
    }

    [Fact]
    public async Task Terminate_WhileTasksRun_ExitsWith0AndLosesNothing()
    {
        using var directory = new TempDirectory();
        var setup = new ServerSetup { Directory = directory.Path, Configuration = new() { ["Tasks:DrainSeconds"] = "20" } };
        var ids = new List<TaskId>();
        await using (var server = ServerProcess.Start(setup))
        {
            var client = await server.ConnectAsync();
            var module = await client.UploadAsync(Guests.Math);
            for (var i = 0; i < 50; i++)
            {
                ids.Add(await client.SubmitAsync(module, "add", i, 1));
            }

            var (exitCode, text) = await server.TerminateAsync();

            Assert.True(exitCode == 0, text);
        }

        using (var session = new SqliteSession(directory.File("vcp.db")))
        {
            Assert.Equal(0, session.QueryFirst("SELECT (SELECT COUNT(*) FROM log_entries) - size FROM log_tree", row => row.Int64(0)));
        }

        await using var restarted = ServerProcess.Start(setup);
        var after = await restarted.ConnectAsync();
        foreach (var id in ids)
        {
            Assert.Equal(TaskStates.Completed, (await after.GetTaskAsync(id, Calls.LongWait, default)).State);
        }
    }

    /// <summary>Holds a stop where nothing is stopped yet.</summary>
    private sealed class HeldStop : IHostedLifecycleService
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken)
        {
            Reached.SetResult();
            return Release.Task;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingService : BackgroundService
    {
        public static TaskCompletionSource Fail { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Fail.Task;
            throw new InvalidOperationException("of the service");
        }
    }

    /// <summary>Tells when somebody begins to wait.</summary>
    private sealed class SignallingTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60))
    {
        private volatile TaskCompletionSource? _made;

        public Task NextTimer()
        {
            _made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _made.Task;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _made?.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
