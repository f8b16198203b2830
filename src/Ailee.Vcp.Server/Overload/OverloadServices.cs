using Ailee.Vcp.Server.Proofs;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Overload;

internal static class OverloadServices
{
    public static IServiceCollection AddOverload(this IServiceCollection services) => services
        .AddSingleton<IResourceProbe, MachineProbe>()
        .AddSingleton<ResourceWatch>()
        .AddHostedService(provider => provider.GetRequiredService<ResourceWatch>())
        .AddSingleton<RequestPlaces>()
        .AddSingleton(provider => new CommitDelay(
            TimeSpan.FromMilliseconds(provider.GetRequiredService<IOptions<OverloadOptions>>().Value.CommitDelayMs),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<WorkIntake>()
        .AddSingleton<VerifyPlaces>()
        .AddSingleton<LargeBodies>()
        .AddSingleton<OverloadMetrics>();

    /// <summary>After access is checked, so that the caller is known.</summary>
    public static IApplicationBuilder UseOverload(this IApplicationBuilder app) => app.UseMiddleware<RequestGate>();
}
