using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>
/// How an auction goes on (docs/design/dispatch.md). Pure: what it comes to follows from the auction, what the task needs and the nodes there
/// are, so that a look too many changes nothing, and one after a crash does what was left undone.
/// </summary>
internal static class AuctionRules
{
    /// <summary>Rounds, one after another, without an award that was taken: then the task finds nobody.</summary>
    public const int MostEmptyRounds = 5;

    /// <summary>Code of the failure of a task that finds nobody.</summary>
    public const string NoBids = "no-bids";

    /// <summary>The same for people.</summary>
    public const string NoBidsMessage = "No node bid for the task and took it; the rounds are in 'explain'.";

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestExtension = TimeSpan.FromSeconds(30);

    /// <summary>Looks at an auction.</summary>
    /// <param name="auction">The auction; null before its first round.</param>
    /// <param name="need">What the task needs; null for nothing any more.</param>
    /// <param name="bidders">The nodes that may have the task now, not looking at owners.</param>
    /// <param name="aside">Nodes that were put aside by a decision that is not theirs: an award of theirs is no fault.</param>
    /// <param name="times">How long things take.</param>
    /// <param name="next">Names the next round, if one is opened.</param>
    /// <param name="now">When.</param>
    public static AuctionStep Settle(
        Auction? auction, AuctionNeed? need, IReadOnlyDictionary<NodeId, Bidder> bidders, Func<NodeId, bool> aside, AuctionTimes times, Guid next, DateTimeOffset now)
    {
        if (need is null)
        {
            return Withdraw(auction);
        }

        IReadOnlyList<Bid> failed = [];
        if (auction is not null)
        {
            auction = auction.With([.. auction.Awards.Where(bid => aside(bid.Node) || need.ExcludedOwners.Contains(bid.Owner))], BidStates.Withdrawn);
            failed = [.. auction.Awards.Where(bid => bid.TakeBy <= now)];
            auction = auction.With(failed, BidStates.Failed);
            auction = auction.With([.. auction.Awards.OrderByDescending(bid => bid.Price).Take(auction.Awards.Count() - need.Count)], BidStates.Withdrawn);
        }

        return Sell(auction, need, bidders, times, next, now) with { Failed = failed };
    }

    /// <summary>The order in which bids win: avoided nodes last, then the lowest price, the best health × reputation, the lowest id.</summary>
    public static IEnumerable<Bid> InOrder(IEnumerable<Bid> bids, Func<NodeId, bool> avoided, Func<NodeId, double> rank) => bids
        .OrderBy(bid => avoided(bid.Node))
        .ThenBy(bid => bid.Price)
        .ThenByDescending(bid => rank(bid.Node))
        .ThenBy(bid => bid.Node.Thumbprint, Digest.Order);

    private static AuctionStep Withdraw(Auction? auction) => auction is null ? new AuctionStep(auction) : new AuctionStep(Closed(auction.With([.. auction.Awards], BidStates.Withdrawn)))
    {
        Result = auction.IsOpen ? AuctionResults.Withdrawn : null,
    };

    private static AuctionStep Sell(Auction? auction, AuctionNeed need, IReadOnlyDictionary<NodeId, Bidder> bidders, AuctionTimes times, Guid next, DateTimeOffset now)
    {
        var missing = need.Count - (auction?.Awards.Count() ?? 0);
        if (missing <= 0)
        {
            return new AuctionStep(Closed(auction!)) { Result = auction!.IsOpen ? AuctionResults.Withdrawn : null, Due = TakeBy(auction) };
        }

        if (need.NotBefore > now)
        {
            return new AuctionStep(auction) { Due = Earliest(need.NotBefore, TakeBy(auction)) };
        }

        if (auction is null)
        {
            return Open(null, 0, next, now, times);
        }

        var owners = need.ExcludedOwners.Concat(auction.Awards.Select(bid => bid.Owner)).ToHashSet();
        var eligible = bidders.Where(bidder => !owners.Contains(bidder.Value.Owner)).Select(bidder => bidder.Key).ToHashSet();
        if (auction.IsOpen && Waits(auction, eligible, times, now) is { } waiting)
        {
            return waiting;
        }

        List<Bid> winners =
        [
            .. InOrder(
                auction.Standing.Where(bid => eligible.Contains(bid.Node) && !owners.Contains(bid.Owner)),
                node => need.AvoidedNodes.Contains(node) || auction.FailedNodes.Contains(node),
                node => bidders[node].Rank)
                .DistinctBy(bid => bid.Owner)
                .Take(missing),
        ];
        var awarded = Closed(auction.With(winners, BidStates.Awarded, now + times.Take));
        var result = !auction.IsOpen ? null : winners.Count == missing ? AuctionResults.Awarded : winners.Count > 0 ? AuctionResults.Short : AuctionResults.Empty;
        if (winners.Count == missing)
        {
            return new AuctionStep(awarded) { Result = result, Due = TakeBy(awarded) };
        }

        var empty = awarded.HasFruit ? 0 : awarded.EmptyRounds + 1;
        return empty == MostEmptyRounds
            ? new AuctionStep(awarded) { Result = result, IsHopeless = true, Due = TakeBy(awarded) }
            : Open(awarded, empty, next, now, times) with { Result = result };
    }

    /// <summary>The open round as long as it stays open; null if it is over.</summary>
    private static AuctionStep? Waits(Auction auction, HashSet<NodeId> eligible, AuctionTimes times, DateTimeOffset now)
    {
        if (now < auction.OpensAt)
        {
            return new AuctionStep(auction) { Due = Earliest(auction.OpensAt, TakeBy(auction)) };
        }

        var bids = auction.Standing.Select(bid => bid.Node).ToHashSet();
        var all = !auction.IsPatient && eligible.Count > 0 && eligible.IsSubsetOf(bids);
        if (now >= auction.Deadline && eligible.Count == 0)
        {
            // As with any other strategy the task waits for a node that may have it; the longer it has waited, the less often it is looked at.
            var age = now - auction.OpensAt < LongestExtension ? now - auction.OpensAt : LongestExtension;
            auction = auction with { Deadline = now + (age > times.Round ? age : times.Round) };
        }

        return now < auction.Deadline && !all ? new AuctionStep(auction) { Due = Earliest(auction.Deadline, TakeBy(auction)) } : null;
    }

    private static AuctionStep Open(Auction? before, int empty, Guid next, DateTimeOffset now, AuctionTimes times)
    {
        var delay = empty == 0 ? TimeSpan.Zero : times.Round * Math.Pow(2, empty - 1);
        var opensAt = now + (delay < LongestDelay ? delay : LongestDelay);
        var opened = new Auction((before?.Number ?? 0) + 1, next, opensAt, opensAt + times.Round, IsOpen: true, empty)
        {
            Bids = before?.Bids ?? [],
            FailedNodes = before?.FailedNodes ?? [],
        };
        return new AuctionStep(opened) { Due = Earliest(empty == 0 ? opened.Deadline : opensAt, TakeBy(opened)) };
    }

    private static Auction Closed(Auction auction) => auction.IsOpen ? auction with { IsOpen = false } : auction;

    private static DateTimeOffset? TakeBy(Auction? auction) => auction?.Awards.Min(bid => bid.TakeBy);

    private static DateTimeOffset? Earliest(DateTimeOffset? first, DateTimeOffset? second) => second is null || first < second ? first : second;
}
