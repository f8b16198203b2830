namespace Ailee.Vcp.Server.Reputation;

internal static class ReputationServices
{
    public static IServiceCollection AddReputation(this IServiceCollection services) => services.AddSingleton<ReputationMetrics>().AddSingleton<ReputationBook>();
}
