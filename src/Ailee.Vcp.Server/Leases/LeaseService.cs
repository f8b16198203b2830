using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Hands tasks to nodes as leases.</summary>
internal sealed class LeaseService(
    IDatabase database,
    Dispatcher dispatcher,
    AuctionFloor auctions,
    AuctionBids bids,
    LeaseGrants grants,
    SharedPolls<PollAnswer> polls,
    LeaseTable leases,
    TaskEffects effects,
    TaskChanges changes,
    PublishedLog log,
    NodeRegistry nodes,
    IOptions<NodeOptions> options,
    ServerClock clock,
    TimeProvider time)
{
    /// <summary>Most leases of a node elsewhere. An honest agent asks for far fewer; whoever asks again and again does not get the whole queue.</summary>
    public const int MostLeasesPerSlot = 32;

    // What a lease may wait for on its node before it runs, in runs of its own length.
    private const int RunsAhead = 16;

    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>Waits for work for a node on another machine.</summary>
    /// <param name="node">The node.</param>
    /// <param name="poll">What it asks for. The same request again gets the leases of the first time that still run.</param>
    /// <param name="wait">Longest wait.</param>
    /// <param name="cancellationToken">Ends the wait; what was granted by then is found by the same request.</param>
    public Task<PollAnswer> PollAsync(NodeId node, LeasePoll poll, TimeSpan wait, CancellationToken cancellationToken) =>
        polls.AnswerAsync(node, poll.Request, end => TakeAsync(node, poll, wait, end), () => Before(node, poll.Request), cancellationToken);

    private async Task<PollAnswer> TakeAsync(NodeId node, LeasePoll poll, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (Before(node, poll.Request) is { Leases.Count: > 0 } before)
        {
            return before;
        }

        var end = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            var left = time.GetElapsedTime(time.GetTimestamp(), end);
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            var room = (MostLeasesPerSlot * (nodes.Find(node)?.Capabilities?.Slots ?? 1)) - leases.Count(node);
            if (log.Tree.ReadOnly is not null || room <= 0)
            {
                // What is assigned to a read-only log would come back at once, again and again.
                await Task.Delay(left, time, cancellationToken);
                return new PollAnswer([], []);
            }

            using var call = auctions.Listen(node, cancellationToken);
            var most = Math.Min(poll.Most, room);
            var until = clock.Uptime + options.Value.EffectiveLeaseTtl;
            var granted = await GrantAwardsAsync(node, most, poll.Request, LeaseGrants.MostInlineBytes, until);
            var offered = auctions.Offers(node, poll.Request);
            if (granted.Count > 0 || offered.Count > 0)
            {
                return new PollAnswer(granted, offered);
            }

            if (await AssignedAsync(call, most, left, cancellationToken) is not { } assigned)
            {
                continue;
            }

            if (assigned.Count == 0)
            {
                return new PollAnswer([], []);
            }

            until = clock.Uptime + options.Value.EffectiveLeaseTtl;
            if (await GrantAsync(assigned, poll.Request, LeaseGrants.MostInlineBytes, until) is { Count: > 0 } leased)
            {
                return new PollAnswer(leased, auctions.Offers(node, poll.Request));
            }
        }
    }

    /// <summary>Waits for work for the node within this process, however long that takes.</summary>
    public async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(NodeId node, int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            await log.WritableAsync(cancellationToken);
            using var call = auctions.Listen(node, cancellationToken);
            if (await GrantAwardsAsync(node, most, request: null, int.MaxValue, until: null) is { Count: > 0 } awarded)
            {
                return awarded;
            }

            await BidAsync(node);
            var assigned = await AssignedAsync(call, most, Timeout.InfiniteTimeSpan, cancellationToken);
            if (assigned is { Count: > 0 } && await GrantAsync(assigned, request: null, int.MaxValue, until: null) is { Count: > 0 } offers)
            {
                return offers;
            }
        }
    }

    // Leases of the request that still run, after an answer that was lost.
    private PollAnswer Before(NodeId node, Guid request) => new(
        database.Read(transaction => AttemptStore.OfRequest(transaction, node, request)
            .ConvertAll(lease => LeaseGrants.Read(transaction, lease.Lease, lease.Task, LeaseGrants.MostInlineBytes))),
        auctions.Offers(node, request));

    /// <summary>Bids the node's price wherever it may. Why a bid does not count is nothing to it: the auction is over, or the task is not for it.</summary>
    private async Task BidAsync(NodeId node)
    {
        while (auctions.Offers(node, Guid.NewGuid()) is { Count: > 0 } offers)
        {
            await Task.WhenAll(offers.Select(offer => bids.TakeAsync(node, offer.Auction, nodes.Find(node)!.Capabilities!.Price!.Value)));
        }
    }

    /// <summary>What the dispatcher assigns; null if an auction has something for the node before.</summary>
    private async Task<IReadOnlyList<Assignment>?> AssignedAsync(AuctionCall call, int most, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            return await dispatcher.PollAsync(call.Node, most, wait, call.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<LeaseOffer>> GrantAwardsAsync(NodeId node, int most, Guid? request, int inlineBytes, TimeSpan? until)
    {
        var awards = auctions.TakeAwards(node, most);
        if (awards.Count == 0)
        {
            return [];
        }

        dispatcher.Awarded(node, awards.Count);
        try
        {
            return await GrantAsync(awards, request, inlineBytes, until);
        }
        finally
        {
            foreach (var award in awards)
            {
                auctions.Look(award.Task);
            }
        }
    }

    private async Task<List<LeaseOffer>> GrantAsync(IReadOnlyList<Assignment> assigned, Guid? request, int inlineBytes, TimeSpan? until)
    {
        Granted granted;
        try
        {
            granted = await database.WriteAsync(transaction => grants.Grant(transaction, assigned, request, inlineBytes));
        }
        catch
        {
            Return(assigned);
            throw;
        }

        foreach (var offer in granted.Offers)
        {
            var latest = clock.Uptime + Slack + options.Value.EffectiveLeaseTtl + (RunsAhead * offer.Runs * TimeSpan.FromMilliseconds(offer.TimeoutMs));
            var task = TaskId.Parse(offer.Task);
            leases.Add(new RunningLease(offer.Lease, task, assigned[0].Node), until, latest);
            changes.Changed(task);
        }

        foreach (var audit in assigned.Take(granted.Looked).Where(assignment => assignment.Purpose == AttemptPurposes.Audit))
        {
            // Its task is decided, so nothing else would withdraw it; if the audit comes to nothing it is demanded anew.
            dispatcher.Withdraw(audit.Task);
        }

        Return([.. assigned.Skip(granted.Looked)]);
        // What came to no lease is none that could end.
        for (var i = granted.Offers.Count; i < granted.Looked; i++)
        {
            dispatcher.Released(assigned[0].Node);
        }

        foreach (var task in granted.Changed)
        {
            effects.Demand(task);
        }

        return granted.Offers;
    }

    // The last first, so that they are in their order again.
    private void Return(IReadOnlyList<Assignment> assigned)
    {
        foreach (var assignment in assigned.Reverse())
        {
            dispatcher.Return(assignment);
        }
    }
}

/// <summary>What a poll gets.</summary>
/// <param name="Leases">Leases.</param>
/// <param name="Auctions">Auctions in which the node may bid.</param>
internal sealed record PollAnswer(IReadOnlyList<LeaseOffer> Leases, IReadOnlyList<AuctionOffer> Auctions);
