using Ailee.Vcp.Client;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>One server with a node at work, for the tests of a class.</summary>
public class ServerFixture : IAsyncLifetime
{
    private RunningServer? _server;

    public VcpClient Client => Server.Client;

    public HttpClient Http => Server.Http;

    internal RunningServer Server => _server!;

    internal virtual ServerSetup Setup => new();

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(Setup);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>One server whose node takes no work, so that tasks stay queued.</summary>
public sealed class IdleServerFixture : ServerFixture
{
    internal override ServerSetup Setup => new() { NodeWorks = false };
}
