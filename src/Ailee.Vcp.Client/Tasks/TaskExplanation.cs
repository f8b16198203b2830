namespace Ailee.Vcp.Client.Tasks;

/// <summary>Why a task's nodes have it, or why none has.</summary>
/// <param name="Task">The task.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">The choice behind each try, in order.</param>
/// <param name="Waiting">Why it waits; absent unless it needs nodes.</param>
public sealed record TaskExplanation(string Task, string State, IReadOnlyList<AttemptExplanation> Attempts, WaitingExplanation? Waiting)
{
    /// <summary>How its leases are auctioned; absent unless it asks for <c>lowest-bid</c>.</summary>
    public AuctionExplanation? Auction { get; init; }

    /// <summary>What was taken away because of its age: <c>output</c>, <c>trace</c>, <c>input</c>. Absent if nothing was.</summary>
    public IReadOnlyList<string>? Expired { get; init; }
}

/// <summary>The auction of a task's leases.</summary>
/// <param name="Round">Number of the latest round, from 1.</param>
/// <param name="State"><c>open</c> or <c>closed</c>.</param>
/// <param name="OpensAt">When the round is offered to nodes.</param>
/// <param name="Deadline">When it closes, if not all that may bid have before.</param>
/// <param name="EmptyRounds">Rounds directly before it that came to no award that was taken.</param>
/// <param name="Bids">The bids of rounds that closed, by round and price. Those of an open round are sealed.</param>
public sealed record AuctionExplanation(int Round, string State, DateTimeOffset OpensAt, DateTimeOffset Deadline, int EmptyRounds, IReadOnlyList<BidView> Bids);

/// <summary>A bid.</summary>
/// <param name="Round">The round.</param>
/// <param name="Node">Who bid.</param>
/// <param name="Price">Unit: micro-credits for 10^6 gas.</param>
/// <param name="At">When it came.</param>
/// <param name="State"><c>standing</c>: it did not win, or not yet; <c>awarded</c>: its node has to take the lease; <c>taken</c>; <c>failed</c>: it was not taken in time; <c>withdrawn</c>: it was not needed any more, or the node was put aside.</param>
/// <param name="TakeBy">Until when an award is to be taken; absent for others.</param>
public sealed record BidView(int Round, string Node, long Price, DateTimeOffset At, string State, DateTimeOffset? TakeBy);

/// <summary>The choice behind one try.</summary>
/// <param name="Number">Number of the try.</param>
/// <param name="Node">The node that was chosen.</param>
/// <param name="Candidates">The best nodes at that moment, at most five, the chosen one first; empty if that is not known.</param>
public sealed record AttemptExplanation(int Number, string Node, IReadOnlyList<CandidateView> Candidates);

/// <summary>A node that could have been chosen.</summary>
/// <param name="Node">The node.</param>
/// <param name="Strategy">How the choice was made.</param>
/// <param name="Score">Higher is better. Range 0 to 1.</param>
/// <param name="Factors">What the score is made of: their normalized values multiplied.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record CandidateView(string Node, string Strategy, double Score, IReadOnlyList<CandidateFactor> Factors, string Reason);

/// <summary>One part of a score.</summary>
/// <param name="Name">Stable name, kebab-case.</param>
/// <param name="Value">What was measured, in the unit that <paramref name="Reason"/> names; absent if it is unknown.</param>
/// <param name="Normalized">The value as a number from 0 (worst) to 1 (best).</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record CandidateFactor(string Name, double? Value, double Normalized, string Reason);

/// <summary>Why a task waits.</summary>
/// <param name="Needed">How many leases it needs.</param>
/// <param name="NotBefore">When it is tried again; absent if it only waits for a node.</param>
/// <param name="Eligible">Nodes that may have it and have not asked for work yet.</param>
/// <param name="Excluded">How many nodes may not, by the first thing that they lack: <c>accepts</c>, <c>architecture</c>, <c>memory</c>, <c>labels</c>, <c>owner</c>, <c>only</c> or <c>avoided</c>.</param>
public sealed record WaitingExplanation(int Needed, DateTimeOffset? NotBefore, int Eligible, IReadOnlyDictionary<string, int> Excluded);
