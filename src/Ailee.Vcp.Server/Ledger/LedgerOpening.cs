using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>Sees at the start that the ledger is whole: nobody is paid out of one that is not.</summary>
internal sealed class LedgerOpening(IDatabase database, LedgerMetrics metrics) : IHostedService
{
    /// <exception cref="StartupException">It is not; the message says what is wrong first.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (database.Read(transaction => LedgerCheck.Faults(new LedgerReader(transaction)).FirstOrDefault()) is { } fault)
        {
            throw new StartupException($"The ledger in the data directory is damaged: {fault}. Run 'vcp ledger check' on it, and put back a copy that is whole.");
        }

        metrics.Register();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
