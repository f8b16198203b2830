using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ailee.Vcp.Server.Tests.Storage;

public sealed class StorageWatchTests
{
    [Fact]
    public async Task Lost_WhileTheServerRuns_EndsItWithOne()
    {
        var lost = new TaskCompletionSource();
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configure = services => services.AddSingleton<IHostedService>(_ => new StorageWatch(lost.Task)) });
        var stopping = new TaskCompletionSource();
        using var registration = server.Get<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        lost.SetException(new StorageException("The database's file could not be synced.", new IOException()));
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(1, ServerHost.ExitCode(server.Services));
    }
}
