using System.Collections.Immutable;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>The states of a bid.</summary>
internal static class BidStates
{
    /// <summary>It may win, at the deadline or in the place of one that failed.</summary>
    public const string Standing = "standing";

    /// <summary>It won, and its node has to take the lease.</summary>
    public const string Awarded = "awarded";

    /// <summary>Its node took the lease.</summary>
    public const string Taken = "taken";

    /// <summary>Its node did not take the lease in time.</summary>
    public const string Failed = "failed";

    /// <summary>It won, but the lease is not needed any more, or its node may not have it any more.</summary>
    public const string Withdrawn = "withdrawn";
}

/// <summary>A bid in a round.</summary>
/// <param name="Number">The round.</param>
/// <param name="Node">Who bids.</param>
/// <param name="Owner">Who answers for it: one gets one lease of a task.</param>
/// <param name="Price">Unit: micro-credits for 10^6 gas.</param>
/// <param name="State">One of <see cref="BidStates"/>.</param>
/// <param name="TakeBy">Until when an award is to be taken; null for others.</param>
internal sealed record Bid(int Number, NodeId Node, OwnerId Owner, long Price, string State, DateTimeOffset? TakeBy = null);

/// <summary>The latest round of a task's auction, and what is left of those before. Immutable.</summary>
/// <param name="Number">Which round it is, from 1.</param>
/// <param name="Round">Its name among nodes.</param>
/// <param name="OpensAt">When it is offered.</param>
/// <param name="Deadline">Bids after this are not looked at.</param>
/// <param name="IsOpen">Whether it takes bids; once it is closed it stays so.</param>
/// <param name="EmptyRounds">Rounds directly before it that came to no award that was taken.</param>
internal sealed record Auction(int Number, Guid Round, DateTimeOffset OpensAt, DateTimeOffset Deadline, bool IsOpen, int EmptyRounds)
{
    /// <summary>All bids of this round, and of earlier ones at least the awards that were not taken yet.</summary>
    public ImmutableList<Bid> Bids { get; init; } = [];

    /// <summary>Nodes that failed an award of this task.</summary>
    public ImmutableHashSet<NodeId> FailedNodes { get; init; } = [];

    /// <summary>Whether the round takes its whole time, also when all have bid that may: nodes may not be back yet.</summary>
    public bool IsPatient { get; init; }

    /// <summary>Awards that were not taken yet.</summary>
    public IEnumerable<Bid> Awards => Bids.Where(bid => bid.State == BidStates.Awarded);

    /// <summary>Bids of this round that may still win.</summary>
    public IEnumerable<Bid> Standing => Bids.Where(bid => bid.Number == Number && bid.State == BidStates.Standing);

    /// <summary>Whether this round came to an award that was taken or may be.</summary>
    public bool HasFruit => Bids.Any(bid => bid.Number == Number && bid.State is BidStates.Awarded or BidStates.Taken);

    /// <summary>After a restart: nobody could bid, nor take what was awarded, while the server was away.</summary>
    public Auction Rearmed(AuctionTimes times, DateTimeOffset now) => this with
    {
        Deadline = IsOpen && Deadline < now + times.Round ? now + times.Round : Deadline,
        Bids = Bids.ConvertAll(bid => bid.State == BidStates.Awarded ? bid with { TakeBy = now + times.Take } : bid),
    };

    /// <summary>Changes the state of some bids.</summary>
    public Auction With(IReadOnlyCollection<Bid> bids, string state, DateTimeOffset? takeBy = null) => bids.Count == 0 ? this : this with
    {
        Bids = Bids.ConvertAll(bid => bids.Contains(bid) ? bid with { State = state, TakeBy = takeBy } : bid),
        FailedNodes = state == BidStates.Failed ? FailedNodes.Union(bids.Select(bid => bid.Node)) : FailedNodes,
    };
}

/// <summary>What a task needs of its auction.</summary>
/// <param name="Count">Leases, beside those that run.</param>
/// <param name="ExcludedOwners">Owners that get none.</param>
/// <param name="AvoidedNodes">Nodes that get none as long as another bid stands.</param>
/// <param name="NotBefore">Nothing happens before; null for at once.</param>
internal sealed record AuctionNeed(int Count, IReadOnlySet<OwnerId> ExcludedOwners, IReadOnlySet<NodeId> AvoidedNodes, DateTimeOffset? NotBefore);

/// <summary>A node that may have the task now, if its owner may.</summary>
/// <param name="Owner">Its owner.</param>
/// <param name="Rank">Health × reputation: settles ties.</param>
internal sealed record Bidder(OwnerId Owner, double Rank);

/// <summary>How long things take.</summary>
/// <param name="Round">How long bids are taken.</param>
/// <param name="Take">How long a winner has to take its lease.</param>
internal sealed record AuctionTimes(TimeSpan Round, TimeSpan Take);

/// <summary>What became of a round that closed.</summary>
internal static class AuctionResults
{
    /// <summary>As many awards as were needed.</summary>
    public const string Awarded = "awarded";

    /// <summary>Fewer awards than were needed.</summary>
    public const string Short = "short";

    /// <summary>No award.</summary>
    public const string Empty = "empty";

    /// <summary>Nothing was needed any more.</summary>
    public const string Withdrawn = "withdrawn";

    public static IReadOnlyList<string> All { get; } = [Awarded, Short, Empty, Withdrawn];
}

/// <summary>What a look at an auction came to.</summary>
/// <param name="Auction">The auction now; null before its first round.</param>
internal sealed record AuctionStep(Auction? Auction)
{
    /// <summary>Awards that failed just now: each costs its node reputation.</summary>
    public IReadOnlyList<Bid> Failed { get; init; } = [];

    /// <summary>What became of the round that closed just now, one of <see cref="AuctionResults"/>; null if none did.</summary>
    public string? Result { get; init; }

    /// <summary>Nobody takes the task: there is no further round.</summary>
    public bool IsHopeless { get; init; }

    /// <summary>When to look again, if nothing happens before.</summary>
    public DateTimeOffset? Due { get; init; }
}
