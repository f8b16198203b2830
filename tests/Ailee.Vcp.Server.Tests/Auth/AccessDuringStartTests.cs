using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>A server answers on its first address before it has bound the others.</summary>
public sealed class AccessDuringStartTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Fact]
    public async Task Call_BeforeTheLastAddressIsBound_WaitsAndNeedsAKey()
    {
        using var server = new StartingServer();
        using var lifetime = new StartingLifetime();
        var middleware = new AccessMiddleware(_ => Task.CompletedTask, server, lifetime, fixture.Server.Get<KeyGate>(), fixture.Server.Get<RateLimits>(), fixture.Server.Get<NodeSessions>(), fixture.Server.Get<TenantGate>());
        server.Addresses.Add("http://127.0.0.1:8080");
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("localhost");
        context.Request.Path = "/api/v1/nodes";

        var call = middleware.InvokeAsync(context);
        var waited = !call.IsCompleted;
        server.Addresses.Add("http://0.0.0.0:8081");
        lifetime.Start();
        await call;

        Assert.True(waited);
        Assert.Equal(StatusCodes.Status401Unauthorized, context.Response.StatusCode);
    }

    private sealed class StartingServer : IServer
    {
        private readonly ServerAddressesFeature _addresses = new();

        public StartingServer() => Features.Set<IServerAddressesFeature>(_addresses);

        public ICollection<string> Addresses => _addresses.Addresses;

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private sealed class StartingLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void Start() => _started.Cancel();

        public void Dispose() => _started.Dispose();

        public void StopApplication()
        {
        }
    }
}
