using Ailee.Vcp.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests;

/// <summary>A real server on a port of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly TempDirectory _data = new();
    private WebApplication? _app;

    public string Address { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        _app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", _data.Path("data"), "--Sandbox:MemoryBytes", "33554432"]);
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }
}
