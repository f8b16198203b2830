using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Leases;

internal static class LeaseServices
{
    public static IServiceCollection AddLeases(this IServiceCollection services) => services
        .AddSingleton<LeaseTable>()
        .AddSingleton<ILeases, LeaseRenewals>()
        .AddSingleton<LeaseGrants>()
        .AddSingleton<SharedPolls<PollAnswer>>()
        .AddSingleton<LeaseService>()
        .AddSingleton<OutputArrivals>()
        .AddSingleton<OutputUploads>()
        .AddSingleton<ResultIntake>()
        .AddSingleton<DispatchNodes>()
        .AddHostedService<LeaseExpiry>();
}
