using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
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
