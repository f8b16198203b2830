using Ailee.Vcp.Server.Diagnostics;
using Prometheus;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>What the service counts about auctions. Thread-safe.</summary>
internal sealed class AuctionMetrics
{
    private readonly Counter _rounds;

    public AuctionMetrics(ServerMetrics server)
    {
        _rounds = Metrics.WithCustomRegistry(server.Registry).CreateCounter("vcp_auctions_total", "Rounds of auctions that closed, by what they came to.", "result");
        foreach (var result in AuctionResults.All)
        {
            _rounds.WithLabels(result);
        }
    }

    public void Closed(string result) => _rounds.WithLabels(result).Inc();
}
