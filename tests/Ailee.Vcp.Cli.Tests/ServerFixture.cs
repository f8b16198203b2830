using Ailee.Vcp.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests;

/// <summary>A real server on a port of its own.</summary>
public class ServerFixture : IAsyncLifetime
{
    private readonly TempDirectory _data = new();
    private WebApplication? _app;

    /// <summary>Further options of its command line.</summary>
    protected virtual string[] Options => [];

    public string Address { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        _app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", _data.Path("data"), "--Sandbox:MemoryBytes", "33554432", .. Options]);
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }
}
