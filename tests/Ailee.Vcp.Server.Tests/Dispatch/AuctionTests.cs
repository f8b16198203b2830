using Ailee.Vcp.Server.Dispatch;
using CsCheck;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

public sealed class AuctionTests
{
    private static readonly Guid First = new(1, 0, 0, new byte[8]);
    private static readonly Guid Second = new(2, 0, 0, new byte[8]);
    private static readonly DateTimeOffset Deadline = Start.AddSeconds(2);
    private static readonly DateTimeOffset After = Deadline.AddMilliseconds(1);

    [Fact]
    public void Close_ManyBids_LowestWinThenReputationThenEarlier()
    {
        var auction = With(4, MakeBid(1, 50), MakeBid(2, 20), MakeBid(3, 30, reputation: 0.4), MakeBid(4, 30, reputation: 0.6), MakeBid(5, 50, ms: -1));

        var (closed, awards) = Close(auction);

        Assert.Equal(new[] { 2, 4, 3, 5 }.Select(NodeOf), awards.Select(award => award.Bid.Node));
        Assert.Equal([20, 30, 30, 50], awards.Select(award => award.Bid.Price));
        Assert.Equal((null, 0), (closed.Round, closed.Needed));
    }

    [Fact]
    public void Close_BidsOfOneOwner_OneOfThemWins()
    {
        var auction = With(2, MakeBid(1, 10), MakeBid(2, 5) with { Owner = OwnerOf(1) }, MakeBid(3, 99));

        var (_, awards) = Close(auction);

        Assert.Equal(new[] { 2, 3 }.Select(NodeOf), awards.Select(award => award.Bid.Node));
    }

    [Fact]
    public void Close_BeforeTheDeadline_ChangesNothing()
    {
        var auction = With(1, MakeBid(1, 10));

        var (same, awards) = auction.Close(Deadline, After, Second, After);

        Assert.Same(auction, same);
        Assert.Empty(awards);
    }

    [Fact]
    public void Close_TooFewBids_TheRestIsForSaleAgainToOthers()
    {
        var (next, awards) = Close(With(3, MakeBid(1, 10)));

        Assert.Single(awards);
        Assert.Equal((Second, 2, 0), (next.Round, next.Needed, next.EmptyRounds));
        Assert.False(next.IsOfferedTo(NodeOf(1), OwnerOf(1), Deadline));
        Assert.True(next.IsOfferedTo(NodeOf(2), OwnerOf(2), Deadline));
        Assert.Equal(BidAnswer.Excluded, next.Take(Second, MakeBid(1, 1)).Answer);
    }

    [Fact]
    public void Close_ThreeRoundsWithoutBids_IsWithoutBids()
    {
        var auction = Auction.Open(TaskOf(1), 1, [], First, Deadline);
        for (var round = 1; round < Auction.MostEmptyRounds; round++)
        {
            (auction, _) = auction.Close(auction.Deadline.AddSeconds(1), default, Guid.NewGuid(), auction.Deadline.AddSeconds(2));
            Assert.False(auction.IsWithoutBids);
        }

        (auction, _) = auction.Close(auction.Deadline.AddSeconds(1), default, Second, auction.Deadline.AddSeconds(2));

        Assert.True(auction.IsWithoutBids);
        Assert.Null(auction.Round);
    }

    [Fact]
    public void Take_SameNodeAgain_TheLaterCounts()
    {
        var (_, awards) = Close(With(1, MakeBid(1, 10), MakeBid(2, 20), MakeBid(1, 30)));

        Assert.Equal((NodeOf(2), 20), (awards[0].Bid.Node, awards[0].Bid.Price));
    }

    [Theory]
    [InlineData(-1, 0, nameof(BidAnswer.Price))]
    [InlineData(0, 0, nameof(BidAnswer.Taken))]
    [InlineData(Auction.MostPrice, 1000, nameof(BidAnswer.Taken))]
    [InlineData(Auction.MostPrice + 1, 0, nameof(BidAnswer.Price))]
    [InlineData(1, 1001, nameof(BidAnswer.Closed))]
    public void Take_PriceAndTime_AreHeld(long price, int ms, string answer) =>
        Assert.Equal(answer, Auction.Open(TaskOf(1), 1, [], First, Deadline).Take(First, MakeBid(1, price, ms: ms)).Answer.ToString());

    [Fact]
    public void Take_AnotherRound_IsClosed() =>
        Assert.Equal(BidAnswer.Closed, Auction.Open(TaskOf(1), 1, [], First, Deadline).Take(Second, MakeBid(1, 1)).Answer);

    [Fact]
    public void Lapse_AwardNotTaken_FailsOnceAndIsForSaleToOthers()
    {
        var (closed, _) = Close(With(2, MakeBid(1, 10), MakeBid(2, 20)));
        var taken = closed.Taken(NodeOf(1));

        var (same, none) = taken.Lapse(After.AddSeconds(30), Second, After);
        var (lapsed, failed) = taken.Lapse(After.AddSeconds(31), Second, After.AddSeconds(60));
        var (_, again) = lapsed.Lapse(After.AddSeconds(31), Second, After);

        Assert.Same(taken, same);
        Assert.Empty(none);
        Assert.Equal(NodeOf(2), Assert.Single(failed).Bid.Node);
        Assert.Empty(again);
        Assert.Equal((Second, 1), (lapsed.Round, lapsed.Needed));
        Assert.False(lapsed.IsOfferedTo(NodeOf(2), OwnerOf(2), After));
        Assert.True(lapsed.IsOfferedTo(NodeOf(7), OwnerOf(2), After));
        Assert.False(lapsed.IsOfferedTo(NodeOf(1), OwnerOf(1), After));
    }

    [Fact]
    public void Calls_InAnyOrder_SellEachLeaseOnce() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 7], Gen.Long[0, 5]).Array[0, 60].Sample(calls =>
    {
        const int Leases = 3;
        var (now, sold, owners) = (Start, 0, new HashSet<object>());
        var auction = Auction.Open(TaskOf(1), Leases, [], Guid.NewGuid(), now.AddSeconds(2));
        foreach (var (kind, node, price) in calls)
        {
            now = now.AddSeconds(price);
            switch (kind)
            {
                case 0:
                    (auction, _) = auction.Take(auction.Round ?? First, MakeBid(node, price) with { At = now, Owner = OwnerOf(node / 2) });
                    break;
                case 1:
                    (auction, _) = auction.Close(now, now.AddSeconds(5), Guid.NewGuid(), now.AddSeconds(2));
                    break;
                case 2 when auction.Awards.Count > 0:
                    Assert.True(owners.Add(auction.Awards[0].Bid.Owner));
                    auction = auction.Taken(auction.Awards[0].Bid.Node);
                    sold++;
                    break;
                default:
                    (auction, _) = auction.Lapse(now, Guid.NewGuid(), now.AddSeconds(2));
                    break;
            }

            Assert.Equal(Leases, sold + auction.Awards.Count + auction.Needed);
            Assert.Equal(auction.Needed > 0 && !auction.IsWithoutBids, auction.Round is not null);
        }
    });

    private static Bid MakeBid(int node, long price, double reputation = 0.5, int ms = 0) =>
        new(NodeOf(node), OwnerOf(node), price, reputation, Start.AddSeconds(1).AddMilliseconds(ms));

    private static Auction With(int needed, params Bid[] bids) =>
        bids.Aggregate(Auction.Open(TaskOf(1), needed, [], First, Deadline), (auction, bid) => auction.Take(First, bid).Auction);

    private static (Auction Auction, IReadOnlyList<Award> Awards) Close(Auction auction) => auction.Close(After, After.AddSeconds(30), Second, After.AddSeconds(2));
}
