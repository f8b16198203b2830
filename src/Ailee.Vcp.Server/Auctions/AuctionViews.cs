using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>Auctions as explanations show them.</summary>
internal static class AuctionViews
{
    /// <summary>The auction of a task; null if it has none.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="task">The task.</param>
    /// <param name="isDecided">Whether the task is decided: then no round is open, whatever the server came to store.</param>
    public static AuctionExplanation? Read(IReadTransaction transaction, TaskId task, bool isDecided)
    {
        if (AuctionStore.Load(transaction, task) is not { } auction)
        {
            return null;
        }

        var isOpen = auction.IsOpen && !isDecided;
        return new AuctionExplanation(
            auction.Number,
            isOpen ? "open" : "closed",
            auction.OpensAt,
            auction.Deadline,
            auction.EmptyRounds,
            [
                .. AuctionStore.Bids(transaction, task, isOpen ? auction.Number - 1 : auction.Number)
                    .Select(found => new BidView(found.Bid.Number, found.Bid.Node.ToString(), found.Bid.Price, found.At, found.Bid.State, found.Bid.TakeBy)),
            ]);
    }
}
