using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>Why a node has an award, as explanations show it.</summary>
internal static class AwardReasons
{
    private const int Explained = 5;

    /// <summary>The award of a node as the assignment of its lease, with the best bids of its round.</summary>
    public static Assignment Assign(Lot lot, Auction auction, NodeId node, NodeRegistry registry)
    {
        var award = auction.Awards.First(bid => bid.Node == node);
        var others = auction.Bids.Where(bid => bid.Number == award.Number && bid.Node != node && bid.State != BidStates.Failed);
        var ranking = AuctionRules.InOrder(others, lot.Demand.AvoidedNodes.Contains, _ => 0).Take(Explained - 1).Prepend(award);
        return new Assignment(lot.Task, node, [.. ranking.Select(bid => Ranked(bid, registry.Find(bid.Node)!))]) { Owner = award.Owner, Price = award.Price };
    }

    private static RankedCandidate Ranked(Bid bid, LiveNode node) => new(
        bid.Node,
        SelectionStrategy.LowestBid,
        Waited: false,
        node.Health.Value,
        node.Reputation.Value,
        node.Capabilities?.Slots ?? 1,
        Outstanding: 0,
        node.LatencyMs,
        LastGrant: 0,
        Lead: 0)
    {
        Price = bid.Price,
    };
}
