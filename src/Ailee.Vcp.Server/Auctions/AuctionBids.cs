using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>Takes sealed bids.</summary>
internal sealed class AuctionBids(IDatabase database, AuctionFloor floor, NodeRegistry registry, TimeProvider time)
{
    /// <summary>Takes a node's bid, in the place of its bid before. The same bid again is answered as the first time, also after the deadline.</summary>
    /// <param name="node">Who bids; it is enrolled.</param>
    /// <param name="auction">The round.</param>
    /// <param name="price">Unit: micro-credits for 10^6 gas. Range 0 to <see cref="RewardMath.MostPrice"/>.</param>
    /// <returns>Why it does not count, or null.</returns>
    public async Task<Problem?> TakeAsync(NodeId node, Guid auction, long price)
    {
        if (price is < 0 or > RewardMath.MostPrice)
        {
            return Problems.BidInvalid.Because($"price must be between 0 and {RewardMath.MostPrice} micro-credits for 10^6 gas.");
        }

        var (task, problem) = await database.WriteAsync(transaction => Take(transaction, node, auction, price));
        if (problem is null)
        {
            floor.HasBid(task, node);
        }

        return problem;
    }

    // Within the transaction, so that a bid is there before the round closes or not at all.
    private (TaskId Task, Problem? Problem) Take(IWriteTransaction transaction, NodeId node, Guid auction, long price)
    {
        if (AuctionStore.FindRound(transaction, auction) is not { } round)
        {
            return (default, Problems.AuctionNotFound.Because("No round of an auction has this name."));
        }

        if (AuctionStore.FindPrice(transaction, round, node) == price)
        {
            return (round.Task, null);
        }

        var now = time.GetUtcNow();
        if (!round.IsOpen || now < round.OpensAt || now > round.Deadline)
        {
            return (default, Problems.AuctionClosed.Because("Its deadline is over, or all that may bid have."));
        }

        var live = registry.Find(node)!;
        if (!floor.MayBid(round.Task, live))
        {
            return (default, Problems.BidNotEligible.Because("The task asks for another node, or one of its owner has it."));
        }

        AuctionStore.PutBid(transaction, round, node, OwnerId.Parse(live.Row.Owner), price, now);
        return (round.Task, null);
    }
}
