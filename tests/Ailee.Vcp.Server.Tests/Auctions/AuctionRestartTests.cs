using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auctions;

/// <summary>Auctions on a data directory whose server goes away in the middle.</summary>
public sealed class AuctionRestartTests
{
    [Fact]
    public async Task Restart_WhileTheRoundIsOpen_BidsStayAndTheDeadlineIsSetAnew()
    {
        using var directory = new TempDirectory();
        await using var bed = await AuctionBed.StartAsync(directory.Path);
        using var ann = await bed.JoinAsync("ann", 5);
        using var bob = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, ann, 5);
        var before = bed.Find(id)!;
        bed.Time.Advance(AuctionBed.Round - TimeSpan.FromMilliseconds(1));

        await bed.RestartAsync((ann, 5), (bob, 6));

        await bed.UntilAsync(id, auction => auction.Deadline == bed.Time.GetUtcNow() + AuctionBed.Round);
        Assert.Equal((before.Round, true), (bed.Find(id)!.Round, bed.Find(id)!.IsOpen));
        Assert.Empty((await bed.ExplainAsync(id)).Bids);
        await bed.BidAsync(id, bob, 3);
        await bed.CloseAsync(id);
        using var winner = new ActingNode(bed.Server, bob);
        Assert.True((await winner.AnswerAsync(await winner.LeaseAsync())).Accepted);
        Assert.Equal(3, Assert.Single((await bed.Server.Client.GetTaskAsync(id, null, default)).Attempts).Price);
        Assert.Equal([(3L, "taken"), (5L, "standing")], (await bed.ExplainAsync(id)).Bids.Select(bid => (bid.Price, bid.State)));
    }

    [Fact]
    public async Task Restart_WhileBiddersAreAway_TheRoundWaitsForThem()
    {
        using var directory = new TempDirectory();
        await using var bed = await AuctionBed.StartAsync(directory.Path);
        using var ann = await bed.JoinAsync("ann", 5);
        using var bob = await bed.JoinAsync("bob", 6);
        using var silent = await bed.JoinAsync("cyd", 7);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, ann, 5);
        await bed.BidAsync(id, bob, 6);

        await bed.RestartAsync((bob, 6));

        await bed.UntilAsync(id, auction => auction.IsOpen);
        await bed.Server.Get<AuctionHouse>().SettleAsync(id);
        Assert.True(bed.Find(id)!.IsOpen);
        bed.SetPrice(ann.Id, 5);
        await bed.CloseAsync(id);
        Assert.Equal(ann.Id, Assert.Single(bed.Find(id)!.Awards).Node);
    }

    [Fact]
    public async Task Restart_BeforeTheAwardIsTaken_ItIsKeptForItsWholeTime()
    {
        using var directory = new TempDirectory();
        await using var bed = await AuctionBed.StartAsync(directory.Path);
        using var ann = await bed.JoinAsync("ann", 5);
        using var bob = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, ann, 5);
        await bed.BidAsync(id, bob, 6);
        await bed.UntilAsync(id, auction => auction.Awards.Any());
        bed.Time.Advance(AuctionBed.Take - TimeSpan.FromMilliseconds(1));

        await bed.RestartAsync((ann, 5), (bob, 6));

        var kept = await bed.UntilAsync(id, auction => auction.Awards.All(award => award.TakeBy == bed.Time.GetUtcNow() + AuctionBed.Take));
        Assert.Equal(ann.Id, Assert.Single(kept.Awards).Node);
        using var winner = new ActingNode(bed.Server, ann);
        Assert.True((await winner.AnswerAsync(await winner.LeaseAsync())).Accepted);
        Assert.Equal(5, Assert.Single((await bed.Server.Client.GetTaskAsync(id, null, default)).Attempts).Price);
    }

    [Fact]
    public async Task Restart_AfterATaskWasStored_ItsAuctionOpens()
    {
        using var directory = new TempDirectory();
        await using var bed = await AuctionBed.StartAsync(directory.Path);
        using var ann = await bed.JoinAsync("ann", 5);
        var id = await bed.SubmitAsync();
        // As if the server had gone before it looked at the task.
        await bed.Server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM auctions"));

        await bed.RestartAsync((ann, 5));

        await bed.UntilAsync(id, auction => auction.IsOpen);
        Assert.Equal(TaskStates.Queued, (await bed.Server.Client.GetTaskAsync(id, null, default)).State);
    }
}
