using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Storage;
using Prometheus;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>The ledger as metrics, taken from its own totals whenever somebody asks: what is undone was never counted.</summary>
internal sealed class LedgerMetrics(ServerMetrics server, IDatabase database)
{
    /// <summary>Adds them to the server's, once.</summary>
    public void Register()
    {
        var metrics = Metrics.WithCustomRegistry(server.Registry);
        var transactions = metrics.CreateCounter("vcp_ledger_transactions_total", "Transactions of the ledger, by kind.", "kind");
        var paid = metrics.CreateCounter("vcp_ledger_paid_microcredits_total", "What nodes were paid for tasks. Unit: micro-credits.");
        server.Registry.AddBeforeCollectCallback(() =>
        {
            foreach (var total in database.Read(LedgerQueries.NodeTotals))
            {
                transactions.WithLabels(total.Kind).IncTo(total.Transactions);
                if (total.Kind == LedgerKinds.Reward)
                {
                    paid.IncTo(total.Amount);
                }
            }
        });
    }
}
