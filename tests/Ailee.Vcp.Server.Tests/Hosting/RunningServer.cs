using Ailee.Vcp.Client;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>The real server within the test's process, on a port of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ServerSetup _setup;
    private int _disposed;
    private readonly TempDirectory? _owned;
    private readonly WebApplication _app;

    private RunningServer(ServerSetup setup, TempDirectory? owned, WebApplication app)
    {
        (_setup, _owned, _app) = (setup, owned, app);
        Url = new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        var key = Path.Combine(DataDirectory, "admin.key");
        Http = VcpClient.CreateHttp(Url, File.Exists(key) ? File.ReadAllText(key).Trim() : null);
        Client = new VcpClient(Http);
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public VcpClient Client { get; }

    public string DataDirectory => _app.Services.GetRequiredService<DataDirectory>().Root;

    public SqliteDatabase Database => Get<SqliteDatabase>();

    public WasmSandbox Sandbox => Get<WasmSandbox>();

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningServer> StartAsync(ServerSetup? setup = null)
    {
        setup ??= new ServerSetup();
        var owned = setup.Directory is null ? new TempDirectory() : null;
        var app = ServerHost.Build(setup.Arguments(setup.Directory ?? owned!.Path), services => Configure(services, setup));
        try
        {
            await app.StartAsync();
            await app.EnsureAccessAsync();
        }
        catch
        {
            // A start that is refused leaves the data directory to the next.
            await app.DisposeAsync();
            owned?.Dispose();
            throw;
        }

        return new RunningServer(setup, owned, app);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Stops this server and starts another with the same setup. Give the setup a directory of the test's own.</summary>
    public async Task<RunningServer> RestartAsync()
    {
        await DisposeAsync();
        return await StartAsync(_setup);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _owned?.Dispose();
    }

    private static void Configure(IServiceCollection services, ServerSetup setup)
    {
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        if (setup.Time is not null)
        {
            services.AddSingleton(setup.Time);
        }

        if (!setup.NodeWorks)
        {
            services.Remove(services.Single(descriptor => descriptor.ServiceType == typeof(IHostedService) && descriptor.ImplementationType == typeof(BuiltInNode)));
            services.AddHostedService<EnrolledNode>();
        }

        setup.Configure?.Invoke(services);
    }
}
