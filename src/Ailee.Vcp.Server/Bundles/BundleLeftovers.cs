namespace Ailee.Vcp.Server.Bundles;

/// <summary>Removes at the start what uploads of a killed process left in files and in the database.</summary>
internal sealed class BundleLeftovers(BundleSpool spool, BundleWriter writer) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        spool.Clear();
        return writer.RemoveLeftoversAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
