namespace Ailee.Vcp.Server.Ledger;

internal static class LedgerServices
{
    /// <summary>Before the nodes: the ledger is checked before anything is decided.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<LedgerBook>()
        .AddSingleton<LedgerMetrics>()
        .AddHostedService<LedgerOpening>();
}
