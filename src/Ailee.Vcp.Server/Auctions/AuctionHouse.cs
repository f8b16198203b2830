using System.Collections.Concurrent;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Reputation;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>What a look at a task's auction came to, once it is committed.</summary>
internal sealed record Settled(Lot? Lot, AuctionStep Step, TaskConsequence Consequence);

/// <summary>Looks at auctions: rounds, bids, awards and what they cost in one transaction, so that a winner is decided once.</summary>
internal sealed class AuctionHouse(
    IDatabase database,
    AuctionFloor floor,
    AuctionAlarm alarm,
    AuctionMetrics metrics,
    TaskDemands demands,
    TaskVotes votes,
    TaskScores scores,
    TaskEffects effects,
    NodeRegistry registry,
    LeaseTable leases,
    IOptions<TaskOptions> options,
    IOptions<NodeOptions> nodes,
    ServerClock clock)
{
    // Rounds that were open when the server started.
    private readonly ConcurrentDictionary<TaskId, Guid> _rearmed = [];

    private AuctionTimes Times => new(TimeSpan.FromMilliseconds(options.Value.AuctionMs), nodes.Value.EffectiveLeaseTtl);

    /// <summary>Does what is to be done for a task's leases now. Call it for one task after the other.</summary>
    public async Task SettleAsync(TaskId task)
    {
        if (await database.WriteAsync(transaction => Settle(transaction, task)) is not { } settled)
        {
            return;
        }

        if (settled.Lot is { } lot)
        {
            floor.Set(lot, settled.Step.Auction);
        }
        else
        {
            floor.Forget(task);
            _rearmed.TryRemove(task, out _);
        }

        if (settled.Step.Due is { } due)
        {
            alarm.LookAt(task, due);
        }

        if (settled.Step.Result is { } result)
        {
            metrics.Closed(result);
        }

        effects.Apply(settled.Consequence);
        if (settled.Step.IsHopeless)
        {
            // A vote that leases still run for is not over; it needs nothing any more.
            alarm.Look(task);
        }
    }

    private Settled? Settle(IWriteTransaction transaction, TaskId task)
    {
        if (LogStore.FindReadOnly(transaction) is not null)
        {
            return null;
        }

        var moment = clock.Now;
        var now = moment.Utc;
        var lot = demands.Read(transaction, task) is { } demand ? new Lot(demand) : null;
        var stored = AuctionStore.Load(transaction, task);
        var auction = stored;
        if (stored is not null && !floor.Knows(task))
        {
            auction = stored.Rearmed(Times, now);
            _rearmed[task] = stored.Round;
        }

        auction = auction is null ? null : auction with { IsPatient = _rearmed.TryGetValue(task, out var round) && round == auction.Round };
        var step = AuctionRules.Settle(auction, lot?.Need, Bidders(lot, moment), IsAside, Times, Guid.CreateVersion7(now), now);
        if (step.Auction is { } after)
        {
            AuctionStore.Save(transaction, task, stored, after);
        }

        List<ReputationChange> failed = [.. step.Failed.Select(bid => scores.AwardFailed(transaction, bid.Node, task, now))];
        var consequence = step.IsHopeless ? GiveUp(transaction, task, now) : new TaskConsequence(task);
        return new Settled(lot, step, consequence with { Reputation = [.. failed, .. consequence.Reputation] });
    }

    private TaskConsequence GiveUp(IWriteTransaction transaction, TaskId task, DateTimeOffset now)
    {
        var policy = TaskPolicies.Read(transaction, task, options.Value.MaxAttempts);
        if (policy.IsVote)
        {
            return votes.Exhaust(transaction, task, policy, AuctionRules.NoBids, now);
        }

        CandidateStore.Drop(transaction, task);
        TaskStore.Fail(transaction, task, new TaskFailure(AuctionRules.NoBids, AuctionRules.NoBidsMessage), now);
        return new TaskConsequence(task) { Ended = TaskStates.Failed };
    }

    private Dictionary<NodeId, Bidder> Bidders(Lot? lot, Moment now) => lot is null ? [] : registry.All()
        .Where(node => lot.Fits(node, now) && HasRoom(node))
        .ToDictionary(node => node.Id, node => new Bidder(OwnerId.Parse(node.Row.Owner), node.Health.Value * node.Reputation.DecayTo(now.Utc).Value));

    // More than this it would not be granted.
    private bool HasRoom(LiveNode node) => leases.Count(node.Id) + floor.Awards(node.Id) < LeaseService.MostLeasesPerSlot * node.Capabilities!.Slots;

    // By the operator, or for strikes that cost it enough.
    private bool IsAside(NodeId node) => registry.Find(node)?.Standing != NodeStandings.Active;
}
