using Ailee.Vcp.Client;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Crash.Hosting;

/// <summary>The real server within this process, whose storage the shim has in its hand.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    // Only what hangs comes to these; a busy machine must not.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(110);

    private readonly WebApplication _app;

    private RunningServer(WebApplication app, string root)
    {
        (_app, Root) = (app, root);
        Http = VcpClient.CreateHttp(new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), File.ReadAllText(ServerArguments.KeyFileOf(root)).Trim());
        Http.Timeout = LongestCall;
    }

    /// <summary>The directory of all that it has.</summary>
    public string Root { get; }

    /// <summary>Calls it with its first key.</summary>
    public HttpClient Http { get; }

    public IDatabase Database => _app.Services.GetRequiredService<IDatabase>();

    /// <summary>Whether it takes itself down, as it does when it cannot go on.</summary>
    public bool IsStopping => _app.Lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Starts it below a directory.</summary>
    /// <exception cref="Exception">Whatever the start ends with.</exception>
    public static async Task<RunningServer> StartAsync(string root, ErrorLog log)
    {
        var app = await Task.Run(() => ServerHost.Build(ServerArguments.Of(root), services => services.AddSingleton<ILoggerFactory>(log)));
        try
        {
            await Task.Run(async () =>
            {
                await app.StartAsync();
                await app.EnsureAccessAsync();
            }).WaitAsync(LongestStart);
            return new RunningServer(app, root);
        }
        catch
        {
            await EndAsync(app);
            throw;
        }
    }

    /// <summary>Takes away what is old, at a time when all that is finished is.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) =>
        _app.Services.GetRequiredService<RetentionSweep>().SweepAsync(TimeProvider.System.GetUtcNow() + (2 * ServerArguments.Retention), cancellationToken);

    /// <summary>Stops it in good order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Http.Dispose();
        await _app.StopAsync().WaitAsync(LongestStop);
        var code = ServerHost.ExitCode(_app.Services);
        await _app.DisposeAsync().AsTask().WaitAsync(LongestStop);
        return code;
    }

    /// <summary>Takes it away, whatever it does: what it writes comes to nothing, if its directory is frozen.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await EndAsync(_app);
    }

    private static async Task EndAsync(WebApplication app)
    {
        try
        {
            await Task.Run(() => app.StopAsync(new CancellationToken(canceled: true))).WaitAsync(LongestStop);
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            // It cannot store any more; how it ends is not what it will find.
        }

        try
        {
            await app.DisposeAsync().AsTask().WaitAsync(LongestStop);
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            // The same.
        }
    }
}
