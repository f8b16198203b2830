using System.Globalization;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auctions;

/// <summary>Auctions on a real server, from the task to the money.</summary>
public sealed class AuctionTests
{
    [Fact]
    public async Task Task_ThreeNodesBid_TheLowestRunsItAndIsPaidItsBid()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var dear = await bed.JoinAsync("ann", 900_000_000);
        using var cheap = await bed.JoinAsync("bob", 40_000_000);
        using var middle = await bed.JoinAsync("cyd", 500_000_000);
        using var stop = new CancellationTokenSource();
        var waits = new[] { dear, cheap, middle }.ToDictionary(node => node.Id, node => node.Gateway.LeaseAsync(1, stop.Token));
        var id = await bed.SubmitOpenAsync();

        var leases = await waits[cheap.Id];

        // All that may bid have, so nobody waits for the deadline.
        Assert.True((await cheap.AnswerAsync(Assert.Single(leases))).Accepted);
        var task = await bed.Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "42"), (task.State, task.Result!.Results[0].Value.GetRawText()));
        Assert.Equal((cheap.Id.ToString(), 40_000_000L), (Assert.Single(task.Attempts).Node, task.Attempts[0].Price));
        var rewards = await bed.Server.Client.GetRewardsAsync(cheap.Id, new StatementQuery(), default);
        Assert.Equal(RewardMath.Reward(task.Metrics!.Gas, 40_000_000), rewards.Balance);
        var paid = Assert.Single((await bed.Server.Client.GetLedgerAsync(null, null, default)).Items);
        Assert.Equal((40_000_000L, true, null), (paid.Detail.PricePerMegaGas, paid.Detail.Bid, paid.Detail.Bonus));
        var explained = await bed.Server.Client.ExplainTaskAsync(id, default);
        Assert.Equal(["lowest-bid", "lowest-bid", "lowest-bid"], explained.Attempts[0].Candidates.Select(candidate => candidate.Strategy));
        Assert.Equal("Bids 40000000 micro-credits for 10^6 gas.", explained.Attempts[0].Candidates[0].Reason);
        Assert.Equal([(40_000_000L, "taken"), (500_000_000L, "standing"), (900_000_000L, "standing")], explained.Auction!.Bids.Select(bid => (bid.Price, bid.State)));
        Assert.Equal("closed", explained.Auction.State);
        Assert.False(waits[dear.Id].IsCompleted || waits[middle.Id].IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waits[dear.Id], waits[middle.Id]));
        Assert.Contains("vcp_auctions_total{result=\"awarded\"} 1", await bed.Server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_LoneServer_ItsOwnNodeBidsTheListPrice()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Ledger:PricePerMegaGas"] = "77000000", ["Tasks:AuctionMs"] = "600000" } });
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 2, 40) with { Selection = new TaskSelection { Strategy = "lowest-bid" } };

        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Client.RunAsync(request)));

        Assert.All(tasks, task => Assert.Equal((TaskStates.Completed, 77_000_000L), (task.State, task.Attempts[0].Price)));
        var paid = (await server.Client.GetLedgerAsync(null, null, default)).Items;
        Assert.Equal(20, paid.Count);
        Assert.All(paid, entry => Assert.Equal(((long?)77_000_000, true), (entry.Detail.PricePerMegaGas, entry.Detail.Bid)));
    }

    [Fact]
    public async Task Bids_BeforeTheDeadline_AreSealed()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var ann = await bed.JoinAsync("ann", 5);
        using var bob = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, ann, 123456789);
        bed.Time.Advance(AuctionBed.Round - TimeSpan.FromMilliseconds(1));

        var before = await bed.ExplainAsync(id);

        Assert.Equal(("open", 1), (before.State, before.Round));
        Assert.Empty(before.Bids);
        Assert.DoesNotContain("123456789", await bed.Server.Http.GetStringAsync($"api/v1/tasks/{id}/explain"), StringComparison.Ordinal);
        Assert.DoesNotContain("123456789", await bed.Server.Http.GetStringAsync($"api/v1/tasks/{id}"), StringComparison.Ordinal);
        await bed.CloseAsync(id);
        var after = await bed.ExplainAsync(id);
        Assert.Equal(("closed", 123456789L, "awarded"), (after.State, Assert.Single(after.Bids).Price, after.Bids[0].State));
        // A bid of a closed round is no secret, and a late one is none.
        Assert.Equal("auction-closed", (await bed.Server.Get<AuctionBids>().TakeAsync(bob.Id, bed.Find(id)!.Round, 1))!.Kind.Code);
    }

    [Fact]
    public async Task Award_NotTaken_CostsReputationAndTheNextLowestHasIt()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var cheap = await bed.JoinAsync("ann", 5);
        using var next = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, cheap, 5);
        await bed.BidAsync(id, next, 6);
        await bed.UntilAsync(id, auction => auction.Awards.Any(award => award.Node == cheap.Id));

        bed.Time.Advance(AuctionBed.Take);
        await bed.UntilAsync(id, auction => auction.Awards.Any(award => award.Node == next.Id));

        var lease = await next.LeaseAsync();
        Assert.True((await next.AnswerAsync(lease)).Accepted);
        Assert.Equal(6, Assert.Single((await bed.Server.Client.GetTaskAsync(id, null, default)).Attempts).Price);
        var happened = Assert.Single((await bed.Server.Client.ListNodeEventsAsync(cheap.Id, null, null, default)).Items, entry => entry.Kind == "award-failed");
        Assert.Equal((-0.05, id.ToString()), (happened.Delta, happened.Task));
        Assert.Equal(0.45, bed.Server.Get<NodeRegistry>().Find(cheap.Id)!.Reputation.Value, 3);
        Assert.Equal([(5L, "failed"), (6L, "taken")], (await bed.ExplainAsync(id)).Bids.Select(bid => (bid.Price, bid.State)));
        // What it comes back for is gone.
        Assert.Empty(bed.Server.Get<AuctionFloor>().TakeAwards(cheap.Id, 10));
    }

    [Fact]
    public async Task Award_TakenAndThenAbandoned_AwardFailedAndTheNextLowestHasIt()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var cheap = await bed.JoinAsync("ann", 5);
        using var next = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, cheap, 5);
        await bed.BidAsync(id, next, 6);
        var lease = await cheap.LeaseAsync();

        await bed.Server.Get<Server.Tasks.TaskDecisions>().RetryAsync(id, lease.Lease, Server.Leases.AttemptStates.Expired, "expired", bed.Time.GetUtcNow());

        var second = await next.LeaseAsync();
        Assert.True((await next.AnswerAsync(second)).Accepted);
        var task = await bed.Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal([(5L, "expired"), (6L, "accepted")], task.Attempts.Select(attempt => (attempt.Price!.Value, attempt.State)));
        var events = (await bed.Server.Client.ListNodeEventsAsync(cheap.Id, null, null, default)).Items.Select(entry => entry.Kind);
        Assert.Equal(["award-failed"], events.Where(kind => kind is "award-failed" or "abandoned"));
    }

    [Fact]
    public async Task Quorum_ThreeReplicas_EachOwnerAtItsOwnPrice()
    {
        await using var bed = await AuctionBed.StartAsync();
        var nodes = new List<ActingNode>();
        foreach (var (owner, price) in new[] { ("ann", 10_000_000L), ("ann", 11_000_000L), ("bob", 20_000_000L), ("cyd", 30_000_000L), ("dan", 40_000_000L) })
        {
            nodes.Add(await bed.JoinAsync(owner, price));
        }

        var id = await bed.SubmitAsync(replicas: 3);
        foreach (var node in nodes)
        {
            await bed.BidAsync(id, node, bed.Server.Get<NodeRegistry>().Find(node.Id)!.Capabilities!.Price!.Value);
        }

        ActingNode[] winners = [nodes[0], nodes[2], nodes[3]];
        var leases = await Task.WhenAll(winners.Select(node => node.LeaseAsync()));
        foreach (var (node, lease) in winners.Zip(leases))
        {
            Assert.True((await node.AnswerAsync(lease)).Accepted);
        }

        var task = await bed.Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2), (task.State, task.Consensus!.Required));
        Assert.Equal([10_000_000L, 20_000_000L, 30_000_000L], task.Attempts.Select(attempt => attempt.Price!.Value).Order());
        foreach (var (node, price) in winners.Zip((long[])[10_000_000, 20_000_000, 30_000_000]))
        {
            Assert.Equal(RewardMath.Reward(task.Metrics!.Gas, price), (await bed.Server.Client.GetRewardsAsync(node.Id, new StatementQuery(), default)).Balance);
        }

        nodes.ForEach(node => node.Dispose());
    }

    [Fact]
    public async Task Quorum_AReplicaMore_TheNextLowestBidIsAwarded()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var liar = await bed.JoinAsync("ann", 10);
        using var bob = await bed.JoinAsync("bob", 20);
        using var cyd = await bed.JoinAsync("cyd", 30);
        var id = await bed.SubmitAsync(replicas: 2);
        await bed.BidAsync(id, liar, 10);
        await bed.BidAsync(id, bob, 20);
        await bed.BidAsync(id, cyd, 30);
        var lie = new Lie { Payload = payload => payload with { Instructions = payload.Instructions + 1, Gas = payload.Gas + 1 } };
        Assert.True((await liar.AnswerAsync(await liar.LeaseAsync(), lie)).Accepted);
        Assert.True((await bob.AnswerAsync(await bob.LeaseAsync())).Accepted);

        Assert.True((await cyd.AnswerAsync(await cyd.LeaseAsync())).Accepted);

        var task = await bed.Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "42"), (task.State, task.Result!.Results[0].Value.GetRawText()));
        Assert.Equal([10L, 20L, 30L], task.Attempts.Select(attempt => attempt.Price!.Value));
        Assert.Equal(1, (await bed.ExplainAsync(id)).Round);
    }

    [Fact]
    public async Task Task_NobodyBids_FailsAfterItsRounds()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var silent = await bed.JoinAsync("ann", 5);
        var id = await bed.SubmitAsync();

        for (var round = 1; round <= AuctionRules.MostEmptyRounds; round++)
        {
            var auction = await bed.UntilAsync(id, auction => auction.Number == round && auction.IsOpen);
            bed.Time.Advance(auction.OpensAt - bed.Time.GetUtcNow() is var delay && delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
            await bed.CloseAsync(id);
        }

        var task = await bed.Server.Client.GetTaskAsync(id, Calls.LongWait, default);
        Assert.Equal((TaskStates.Failed, "no-bids"), (task.State, task.Failure!.Code));
        var explained = await bed.ExplainAsync(id);
        Assert.Equal(("closed", 5, 4), (explained.State, explained.Round, explained.EmptyRounds));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"vcp_auctions_total{{result=\"empty\"}} {AuctionRules.MostEmptyRounds}"), await bed.Server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quorum_NobodyBidsForTheLastReplica_FailsAndPublishesWhatWasSaid()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var ann = await bed.JoinAsync("ann", 5);
        using var silent = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync(replicas: 2);
        await bed.BidAsync(id, ann, 5);
        await bed.CloseAsync(id);
        Assert.True((await ann.AnswerAsync(await ann.LeaseAsync())).Accepted);

        for (var round = 2; round <= 1 + AuctionRules.MostEmptyRounds; round++)
        {
            var auction = await bed.UntilAsync(id, auction => auction.Number == round && auction.IsOpen);
            bed.Time.Advance(auction.OpensAt - bed.Time.GetUtcNow() is var delay && delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
            await bed.CloseAsync(id);
        }

        var task = await bed.Server.Client.GetTaskAsync(id, Calls.LongWait, default);
        Assert.Equal((TaskStates.Failed, "no-bids", 1), (task.State, task.Failure!.Code, task.Proofs.Count));
    }

    [Fact]
    public async Task Cancel_OpenAuction_ClosesIt()
    {
        await using var bed = await AuctionBed.StartAsync();
        using var ann = await bed.JoinAsync("ann", 5);
        using var bob = await bed.JoinAsync("bob", 6);
        var id = await bed.SubmitAsync();
        await bed.BidAsync(id, ann, 5);

        await bed.Server.Client.CancelTaskAsync(id, default);

        await LogCalls.UntilAsync(() => !bed.Find(id)!.IsOpen && !bed.Server.Get<AuctionFloor>().Knows(id));
        Assert.Equal("auction-closed", (await bed.Server.Get<AuctionBids>().TakeAsync(bob.Id, bed.Find(id)!.Round, 1))!.Kind.Code);
        Assert.Empty(bed.Server.Get<AuctionFloor>().Offers(bob.Id, Guid.NewGuid()));
    }

    [Fact]
    public async Task Bids_AtTheDeadline_CountOrAreRefusedAndOneWins()
    {
        await using var bed = await AuctionBed.StartAsync();
        var nodes = new List<ActingNode>();
        for (var number = 0; number < 20; number++)
        {
            nodes.Add(await bed.JoinAsync($"owner-{number}", 100 - number));
        }

        var id = await bed.SubmitAsync();
        var auction = bed.Find(id)!;
        await bed.BidAsync(id, nodes[0], 100);
        var bids = nodes.Skip(1).Select((node, number) => Task.Run(async () => (Price: 99L - number, Problem: await bed.Server.Get<AuctionBids>().TakeAsync(node.Id, auction.Round, 99L - number)))).ToList();
        bed.Time.Advance(AuctionBed.Round);
        var answers = await Task.WhenAll(bids);
        await bed.UntilAsync(id, now => !now.IsOpen);

        Assert.All(answers, answer => Assert.True(answer.Problem?.Kind.Code is null or "auction-closed"));
        var taken = answers.Where(answer => answer.Problem is null).Select(answer => answer.Price).Append(100).Order().ToList();
        var explained = await bed.ExplainAsync(id);
        Assert.Equal(taken, explained.Bids.Select(bid => bid.Price));
        Assert.Equal(taken[0], Assert.Single(explained.Bids, bid => bid.State == "awarded").Price);
        nodes.ForEach(node => node.Dispose());
    }
}
