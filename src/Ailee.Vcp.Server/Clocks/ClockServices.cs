namespace Ailee.Vcp.Server.Clocks;

internal static class ClockServices
{
    /// <summary>To be added before whatever takes something away when it starts.</summary>
    public static IServiceCollection AddClocks(this IServiceCollection services) => services
        .AddSingleton<ServerClock>()
        .AddSingleton<ClockFile>()
        .AddSingleton<ClockWatch>()
        .AddHostedService(provider => provider.GetRequiredService<ClockWatch>());
}
