namespace Ailee.Vcp.Server.Ledger;

internal static class LedgerServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services.AddSingleton<LedgerBook>();
}
