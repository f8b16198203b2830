using Ailee.Vcp.Server.Diagnostics;

namespace Ailee.Vcp.Server.Telemetry;

internal static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) => services
        .AddSingleton<NodeWatches>()
        .AddSingleton<FleetHealth>()
        .AddSingleton<BandwidthPlaces>()
        .AddSingleton(provider => new TelemetryMetrics(provider.GetRequiredService<ServerMetrics>().Registry))
        .AddSingleton<SafeModes>()
        .AddSingleton<SessionStarts>()
        .AddSingleton<ProbeService>()
        .AddSingleton<HeartbeatService>()
        .AddSingleton<FleetWatch>()
        .AddSingleton<TelemetryWriter>()
        .AddHostedService(provider => provider.GetRequiredService<FleetWatch>())
        .AddHostedService(provider => provider.GetRequiredService<TelemetryWriter>());
}
