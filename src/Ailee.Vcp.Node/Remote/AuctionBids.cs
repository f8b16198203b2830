using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Remote;

/// <summary>Bids the node's price in every auction that is offered to it, once and before the deadline.</summary>
internal sealed partial class AuctionBids(NodeHttp http, ServerCalls calls, NodeId node, long? price, CorrectedTime clock, ILogger logger)
{
    private const int MostRemembered = 10_000;

    private readonly object _gate = new();
    private readonly HashSet<Guid> _known = [];
    private readonly HashSet<Task> _running = [];

    /// <summary>Begins to bid and does not wait for it.</summary>
    public void Bid(IReadOnlyList<AuctionOffer>? auctions, CancellationToken cancellationToken)
    {
        if (price is not { } bid)
        {
            return;
        }

        foreach (var auction in auctions ?? [])
        {
            lock (_gate)
            {
                if (_known.Count >= MostRemembered)
                {
                    _known.Clear();
                }

                if (!_known.Add(auction.Auction))
                {
                    continue;
                }

                var bidding = Task.Run(() => BidAsync(auction, bid, cancellationToken), CancellationToken.None);
                _running.Add(bidding);
                _ = bidding.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Waits until no bid is on its way.</summary>
    public Task WhenDoneAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_running.ToList());
        }
    }

    private void Forget(Task bidding)
    {
        lock (_gate)
        {
            _running.Remove(bidding);
        }
    }

    private async Task BidAsync(AuctionOffer auction, long bid, CancellationToken cancellationToken)
    {
        var left = auction.Deadline - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        // A timer takes no more than this; no auction lasts so long.
        using var deadline = new CancellationTokenSource(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var call = NodeCall.Post($"nodes/{node}/bids/{auction.Auction}", new BidRequest(bid), VcpJson.Default.BidRequest);
        try
        {
            await calls.UntilAnsweredAsync(
                "Bidding",
                async (token, inner) =>
                {
                    await http.SendAsync(call with { Token = token }, inner);
                    return true;
                },
                either.Token);
        }
        catch (OperationCanceledException)
        {
            // Too late, or the node stops.
        }
        catch (NodeCallException exception)
        {
            LogBidRefused(auction.Auction, exception.Message);
        }
    }

    [LoggerMessage(2131, LogLevel.Warning, "The bid in auction {Auction} was refused: {Why}")]
    private partial void LogBidRefused(Guid auction, string why);
}
