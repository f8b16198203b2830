using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

internal static class LogServices
{
    /// <summary>Before the nodes: their enrolment is logged.</summary>
    public static IServiceCollection AddLog(this IServiceCollection services) => services
        .AddSingleton(provider => new LogKeys(
            provider.GetRequiredService<IOptions<LogOptions>>().Value,
            provider.GetRequiredService<DataDirectory>(),
            provider.GetRequiredService<IDatabase>()))
        .AddSingleton<StatementLog>()
        .AddSingleton<LogOpening>()
        .AddSingleton<PublishedLog>()
        .AddSingleton<LogReceipts>()
        .AddSingleton<LogGuard>()
        .AddSingleton<LogReadOnly>()
        .AddSingleton<PresentedCheckpoints>()
        .AddSingleton<Witness>()
        .AddSingleton<LogIntegrator>()
        .AddHostedService(provider => provider.GetRequiredService<LogIntegrator>())
        .AddHostedService(provider => provider.GetRequiredService<Witness>())
        .AddHostedService<LogWitnesses>();
}
