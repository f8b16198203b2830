using System.Collections.Immutable;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A sealed bid.</summary>
/// <param name="Node">Who bids.</param>
/// <param name="Owner">Who answers for it: one gets one lease of a task.</param>
/// <param name="Price">Unit: micro-credits for 10^6 gas. Range 0 to <see cref="Auction.MostPrice"/>.</param>
/// <param name="Reputation">The node's, when it bid.</param>
/// <param name="At">When it came.</param>
internal sealed record Bid(NodeId Node, OwnerId Owner, long Price, double Reputation, DateTimeOffset At);

/// <summary>A lease that a bid won.</summary>
/// <param name="Bid">The bid: its node gets the lease at its own price.</param>
/// <param name="TakeBy">Until when the node must have taken it.</param>
internal sealed record Award(Bid Bid, DateTimeOffset TakeBy);

/// <summary>How an auction takes a bid.</summary>
internal enum BidAnswer
{
    /// <summary>It counts, in the place of the node's bid before.</summary>
    Taken,

    /// <summary>The deadline is over, or another round is open.</summary>
    Closed,

    /// <summary>The node, or its owner, may not have the task.</summary>
    Excluded,

    /// <summary>The price is out of range.</summary>
    Price,
}

/// <summary>
/// The auction of a task's leases: rounds of sealed bids, each until a deadline. Immutable and pure: time and names are given to it. Of its
/// rounds one is open at most.
/// </summary>
internal sealed record Auction
{
    /// <summary>Highest price. Unit: micro-credits for 10^6 gas.</summary>
    public const long MostPrice = 1_000_000_000_000;

    /// <summary>Rounds without any bid, one after another, after which the task fails.</summary>
    public const int MostEmptyRounds = 3;

    /// <summary>The task.</summary>
    public required TaskId Task { get; init; }

    /// <summary>Names the round that is open; null if none is.</summary>
    public Guid? Round { get; init; }

    /// <summary>When the open round ends.</summary>
    public DateTimeOffset Deadline { get; init; }

    /// <summary>Leases that are for sale.</summary>
    public int Needed { get; init; }

    /// <summary>Bids of the open round.</summary>
    public ImmutableDictionary<NodeId, Bid> Bids { get; init; } = ImmutableDictionary<NodeId, Bid>.Empty;

    /// <summary>Awards that were not taken yet.</summary>
    public ImmutableList<Award> Awards { get; init; } = [];

    /// <summary>Owners that have the task, or had an award.</summary>
    public ImmutableHashSet<OwnerId> ExcludedOwners { get; init; } = [];

    /// <summary>Nodes that let an award lapse.</summary>
    public ImmutableHashSet<NodeId> ExcludedNodes { get; init; } = [];

    /// <summary>Rounds without a bid since the last one with any.</summary>
    public int EmptyRounds { get; init; }

    /// <summary>Nobody bids for it: nothing follows.</summary>
    public bool IsWithoutBids => EmptyRounds == MostEmptyRounds;

    /// <summary>Puts leases up for sale, in a round that ends at the deadline.</summary>
    public static Auction Open(TaskId task, int needed, IEnumerable<OwnerId> excluded, Guid round, DateTimeOffset deadline) =>
        new() { Task = task, Needed = needed, ExcludedOwners = [.. excluded], Round = round, Deadline = deadline };

    /// <summary>Whether a node may bid in the open round.</summary>
    public bool IsOfferedTo(NodeId node, OwnerId owner, DateTimeOffset now) =>
        Round is not null && now <= Deadline && !ExcludedOwners.Contains(owner) && !ExcludedNodes.Contains(node);

    /// <summary>Takes a bid.</summary>
    public (Auction Auction, BidAnswer Answer) Take(Guid round, Bid bid) =>
        Round != round || bid.At > Deadline ? (this, BidAnswer.Closed)
        : ExcludedOwners.Contains(bid.Owner) || ExcludedNodes.Contains(bid.Node) ? (this, BidAnswer.Excluded)
        : bid.Price is < 0 or > MostPrice ? (this, BidAnswer.Price)
        : (this with { Bids = Bids.SetItem(bid.Node, bid) }, BidAnswer.Taken);

    /// <summary>
    /// Ends the open round, once its deadline is over: the lowest bids win, then those of higher reputation, then the earlier; one for each
    /// owner. What nobody won is for sale in a next round.
    /// </summary>
    /// <param name="now">When.</param>
    /// <param name="takeBy">Until when awards are to be taken.</param>
    /// <param name="next">Names the next round, if there is one.</param>
    /// <param name="deadline">When that ends.</param>
    public (Auction Auction, IReadOnlyList<Award> Awards) Close(DateTimeOffset now, DateTimeOffset takeBy, Guid next, DateTimeOffset deadline)
    {
        if (Round is null || now <= Deadline)
        {
            return (this, []);
        }

        List<Award> awards =
        [
            .. Bids.Values
                .OrderBy(bid => bid.Price)
                .ThenByDescending(bid => bid.Reputation)
                .ThenBy(bid => bid.At)
                .ThenBy(bid => bid.Node.Thumbprint, Digest.Order)
                .DistinctBy(bid => bid.Owner)
                .Take(Needed)
                .Select(bid => new Award(bid, takeBy)),
        ];
        var closed = this with
        {
            Round = null,
            Bids = Bids.Clear(),
            Needed = Needed - awards.Count,
            Awards = Awards.AddRange(awards),
            ExcludedOwners = ExcludedOwners.Union(awards.Select(award => award.Bid.Owner)),
            EmptyRounds = Bids.Count == 0 ? EmptyRounds + 1 : 0,
        };
        return (closed.Reopen(next, deadline), awards);
    }

    /// <summary>A node has its lease.</summary>
    public Auction Taken(NodeId node) => this with { Awards = Awards.RemoveAll(award => award.Bid.Node == node) };

    /// <summary>Takes awards back that were not taken in time, and puts them up for sale again, to others.</summary>
    /// <param name="now">When.</param>
    /// <param name="next">Names the next round, if there is none open.</param>
    /// <param name="deadline">When that ends.</param>
    /// <returns>The awards that failed: each costs its node reputation.</returns>
    public (Auction Auction, IReadOnlyList<Award> Failed) Lapse(DateTimeOffset now, Guid next, DateTimeOffset deadline)
    {
        var failed = Awards.FindAll(award => award.TakeBy < now);
        if (failed.IsEmpty)
        {
            return (this, []);
        }

        var lapsed = this with
        {
            Awards = Awards.RemoveRange(failed),
            Needed = Needed + failed.Count,
            ExcludedOwners = ExcludedOwners.Except(failed.Select(award => award.Bid.Owner)),
            ExcludedNodes = ExcludedNodes.Union(failed.Select(award => award.Bid.Node)),
        };
        return (lapsed.Reopen(next, deadline), failed);
    }

    private Auction Reopen(Guid next, DateTimeOffset deadline) =>
        Needed == 0 || Round is not null || IsWithoutBids ? this : this with { Round = next, Deadline = deadline };
}
