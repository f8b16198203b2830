namespace Ailee.Vcp.Server.Telemetry;

internal static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) => services
        .AddSingleton<NodeWatches>()
        .AddSingleton<FleetHealth>()
        .AddSingleton<BandwidthPlaces>()
        .AddSingleton<TelemetryMetrics>()
        .AddSingleton<SafeModes>()
        .AddSingleton<ProbeService>()
        .AddSingleton<HeartbeatService>()
        .AddSingleton<FleetWatch>()
        .AddSingleton<TelemetryWriter>()
        .AddHostedService(provider => provider.GetRequiredService<FleetWatch>())
        .AddHostedService(provider => provider.GetRequiredService<TelemetryWriter>());
}
