namespace Ailee.Vcp.Server.Retention;

internal static class RetentionServices
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<RetentionSweep>()
        .AddHostedService(provider => provider.GetRequiredService<RetentionSweep>());
}
