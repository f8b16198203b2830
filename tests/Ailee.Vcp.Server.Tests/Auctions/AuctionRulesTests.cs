using System.Collections.Immutable;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auctions;
using CsCheck;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Auctions;

public sealed class AuctionRulesTests
{
    private static readonly AuctionTimes Times = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
    private static readonly AuctionNeed One = new(1, ImmutableHashSet<OwnerId>.Empty, ImmutableHashSet<NodeId>.Empty, null);
    private static readonly DateTimeOffset Deadline = Start + Times.Round;

    // Nodes 1 to 6, each of its own owner; the higher the number, the better.
    private static readonly ImmutableDictionary<NodeId, Bidder> Six =
        Enumerable.Range(1, 6).ToImmutableDictionary(NodeOf, number => new Bidder(OwnerOf(number), number / 10.0));

    [Fact]
    public void Settle_NothingYet_OpensTheFirstRound()
    {
        var step = Settle(null, One, Start);

        Assert.Equal((1, true, Start, Deadline, 0), (step.Auction!.Number, step.Auction.IsOpen, step.Auction.OpensAt, step.Auction.Deadline, step.Auction.EmptyRounds));
        Assert.Equal(Deadline, step.Due);
    }

    [Fact]
    public void Settle_BeforeTheDeadline_WaitsUntilAllHaveBidThatMay()
    {
        var some = With(One, Bid(1, 5), Bid(2, 3));
        var all = With(One, Bid(1, 5), Bid(2, 3), Bid(3, 9), Bid(4, 9), Bid(5, 9), Bid(6, 9));

        Assert.Equal((true, null, Deadline), Told(Settle(some, One, Deadline.AddTicks(-1))));
        Assert.Equal((false, AuctionResults.Awarded, Start + Times.Take), Told(Settle(all, One, Start)));
        Assert.Equal([2], Winners(Settle(all, One, Start)));
        Assert.Equal([2], Winners(Settle(some, One, Start, bidders: Six.RemoveRange(Enumerable.Range(3, 4).Select(NodeOf)))));
    }

    [Fact]
    public void Settle_AtTheDeadline_LowestThenBestThenLowestIdWinsAndOneForEachOwner()
    {
        var (three, bidders) = (One with { Count = 3 }, Six.SetItem(NodeOf(5), new Bidder(OwnerOf(2), 0.9)));
        var auction = With(three, Bid(1, 50), Bid(2, 20), Bid(3, 30), Bid(4, 30), Bid(5, 10) with { Owner = OwnerOf(2) });
        var equal = With(One, Bid(1, 7), Bid(2, 7));

        Assert.Equal([5, 4, 3], Winners(Settle(auction, three, Deadline, bidders)));
        Assert.Equal([2], Winners(Settle(equal, One, Deadline)));
        Assert.Equal(
            [new[] { 1, 2 }.MinBy(number => NodeOf(number).Thumbprint, Digest.Order)],
            Winners(Settle(equal, One, Deadline, Six.SetItem(NodeOf(1), Six[NodeOf(2)] with { Owner = OwnerOf(1) }))));
    }

    [Fact]
    public void Settle_BiddersThatMayNotAnyMore_ArePassedOver()
    {
        var auction = With(One, Bid(1, 1), Bid(2, 2), Bid(3, 3));
        var need = One with { ExcludedOwners = ImmutableHashSet.Create(OwnerOf(2)) };

        Assert.Equal([3], Winners(Settle(auction, need, Deadline, Six.Remove(NodeOf(1)))));
        Assert.Equal([3], Winners(Settle(auction, One with { AvoidedNodes = ImmutableHashSet.Create(NodeOf(1), NodeOf(2)) }, Deadline)));
        Assert.Equal([1], Winners(Settle(With(One, Bid(1, 1)), One with { AvoidedNodes = ImmutableHashSet.Create(NodeOf(1)) }, Deadline)));
    }

    [Fact]
    public void Settle_TooFewBids_TheRestIsForSaleAtOnceToOthers()
    {
        var three = One with { Count = 3 };
        var step = Settle(With(three, Bid(1, 10)), three, Deadline);

        Assert.Equal([1], Winners(step));
        Assert.Equal((2, true, Deadline, 0, AuctionResults.Short), (step.Auction!.Number, step.Auction.IsOpen, step.Auction.OpensAt, step.Auction.EmptyRounds, step.Result));
        var again = Settle(Add(step.Auction, Bid(1, 1), Bid(2, 5), Bid(3, 4)), three, Deadline + Times.Round);
        Assert.Equal([1, 2, 3], Winners(again).Order());
    }

    [Fact]
    public void Settle_AwardNotTaken_FailsOnceAndTheNextLowestIsAwarded()
    {
        var won = Settle(With(One, Bid(1, 10), Bid(2, 20)), One, Deadline).Auction!;

        Assert.Empty(Settle(won, One, Deadline + Times.Take - TimeSpan.FromTicks(1)).Failed);
        var step = Settle(won, One, Deadline + Times.Take);
        Assert.Equal(NodeOf(1), Assert.Single(step.Failed).Node);
        Assert.Equal([2], Winners(step));
        Assert.Empty(Settle(step.Auction, One, Deadline + Times.Take).Failed);
        Assert.Equal([NodeOf(1)], step.Auction!.FailedNodes);
    }

    [Fact]
    public void Settle_AwardOfANodePutAside_IsNoFault()
    {
        var won = Settle(With(One, Bid(1, 10), Bid(2, 20)), One, Deadline).Auction!;

        var step = AuctionRules.Settle(won, One, Six, node => node == NodeOf(1), Times, Guid.NewGuid(), Deadline + Times.Take);

        Assert.Empty(step.Failed);
        Assert.Equal([2], Winners(step));
        Assert.Equal(BidStates.Withdrawn, step.Auction!.Bids.First(bid => bid.Node == NodeOf(1)).State);
    }

    [Fact]
    public void Settle_NothingNeededAnyMore_ClosesAndWithdraws()
    {
        var three = One with { Count = 3 };
        var step = Settle(With(three, Bid(1, 10), Bid(2, 20), Bid(3, 30)), three, Deadline);

        Assert.Equal([1, 2], Winners(Settle(step.Auction, One with { Count = 2 }, Deadline)));
        Assert.Empty(Winners(Settle(step.Auction, null, Deadline)));
        Assert.Equal((false, AuctionResults.Withdrawn, null), Told(Settle(With(One, Bid(1, 10)), null, Start)));
    }

    [Fact]
    public void Settle_RetryAfterALease_TheNextLowestIsAwardedWhenItsTimeHasCome()
    {
        var won = Settle(With(One, Bid(1, 10), Bid(2, 20)), One, Deadline).Auction!;
        var taken = won.With([.. won.Awards], BidStates.Taken);
        var retry = One with { AvoidedNodes = ImmutableHashSet.Create(NodeOf(1)), NotBefore = Deadline.AddSeconds(9) };

        Assert.Equal((false, null, Deadline.AddSeconds(9)), Told(Settle(taken, retry, Deadline.AddSeconds(8))));
        Assert.Equal([2], Winners(Settle(taken, retry, Deadline.AddSeconds(9))));
    }

    [Fact]
    public void Settle_RoundsWithoutBids_AreFurtherAndFurtherApartAndThenHopeless()
    {
        var auction = Settle(null, One, Start).Auction!;
        List<double> delays = [];
        for (var round = 1; round < AuctionRules.MostEmptyRounds; round++)
        {
            var closed = auction.Deadline;
            var step = Settle(auction, One, closed);
            Assert.Equal((AuctionResults.Empty, round, round + 1, false), (step.Result, step.Auction!.EmptyRounds, step.Auction.Number, step.IsHopeless));
            auction = step.Auction;
            delays.Add((auction.OpensAt - closed).TotalSeconds);
            Assert.Equal((true, null, auction.OpensAt), Told(Settle(auction, One, closed)));
        }

        Assert.Equal([2, 4, 8, 16], delays);
        Assert.True(Settle(auction, One, auction.Deadline).IsHopeless);
    }

    [Fact]
    public void Settle_WhileNobodyMayBid_StaysOpen()
    {
        var auction = Settle(null, One, Start).Auction!;
        for (var look = 0; look < 50; look++)
        {
            var step = Settle(auction, One, auction.Deadline, ImmutableDictionary<NodeId, Bidder>.Empty);
            Assert.Equal((true, null, step.Auction!.Deadline), Told(step));
            Assert.InRange((step.Auction.Deadline - auction.Deadline).TotalSeconds, 2, 30);
            auction = step.Auction;
        }

        Assert.Equal([3], Winners(Settle(Add(auction, Bid(3, 1)), One, auction.Deadline)));
    }

    [Fact]
    public void Settle_LooksInAnyOrder_SellEachLeaseOnce() => Gen.Select(Gen.Int[0, 4], Gen.Int[1, 6], Gen.Long[0, 20]).Array[0, 60].Sample(calls =>
    {
        const int Leases = 3;
        Auction? auction = null;
        var (now, owners) = (Start, new HashSet<OwnerId>());
        foreach (var (kind, node, price) in calls)
        {
            now = now.AddSeconds(price);
            auction = kind switch
            {
                0 or 1 when auction is { IsOpen: true } && auction.OpensAt <= now && auction.Deadline >= now && auction.Bids.All(bid => (bid.Number, bid.Node) != (auction.Number, NodeOf(node))) =>
                    Add(auction, Bid(node, price)),
                2 when auction?.Awards.FirstOrDefault() is { } award && owners.Add(award.Owner) => auction.With([award], BidStates.Taken),
                _ => auction,
            };

            var need = One with { Count = Leases - owners.Count, ExcludedOwners = owners.ToHashSet() };
            var step = Settle(auction, need.Count == 0 ? null : need, now);
            auction = step.Auction;

            var awarded = auction?.Awards.Select(award => award.Owner).ToList() ?? [];
            Assert.Equal(awarded.Count, awarded.Concat(owners).Distinct().Count() - owners.Count);
            Assert.InRange(awarded.Count, 0, need.Count);
            Assert.Equal(need.Count > awarded.Count && !step.IsHopeless, auction?.IsOpen ?? false);
            // A look too many changes nothing.
            var again = Settle(auction, need.Count == 0 ? null : need, now);
            Assert.True(step.IsHopeless || (again.Failed.Count == 0 && again.Auction?.Number == auction?.Number && (again.Auction?.Bids ?? []).SequenceEqual(auction?.Bids ?? [])));
            if (step.IsHopeless)
            {
                return;
            }
        }
    });

    private static Bid Bid(int node, long price) => new(1, NodeOf(node), OwnerOf(node), price, BidStates.Standing);

    private static Auction With(AuctionNeed need, params Bid[] bids) => Add(Settle(null, need, Start).Auction!, bids);

    private static Auction Add(Auction auction, params Bid[] bids) => auction with { Bids = auction.Bids.AddRange(bids.Select(bid => bid with { Number = auction.Number })) };

    private static AuctionStep Settle(Auction? auction, AuctionNeed? need, DateTimeOffset now, ImmutableDictionary<NodeId, Bidder>? bidders = null) =>
        AuctionRules.Settle(auction, need, bidders ?? Six, _ => false, Times, Guid.NewGuid(), now);

    private static (bool IsOpen, string? Result, DateTimeOffset? Due) Told(AuctionStep step) => (step.Auction!.IsOpen, step.Result, step.Due);

    private static List<int> Winners(AuctionStep step) =>
        [.. step.Auction!.Awards.OrderBy(bid => bid.Price).ThenByDescending(bid => bid.Node == NodeOf(4)).Select(bid => Enumerable.Range(1, 6).First(number => NodeOf(number) == bid.Node))];
}
