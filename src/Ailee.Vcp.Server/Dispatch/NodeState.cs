using System.Diagnostics;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A node within the dispatcher, under its lock.</summary>
/// <param name="node">What is known of it.</param>
/// <param name="number">Tells nodes apart that are alike.</param>
[DebuggerDisplay("{Node.Id}")]
internal sealed class NodeState(DispatchNode node, long number)
{
    /// <summary>A node whose weight is lower is chosen as if it were this, so that it shows whether it got better.</summary>
    public const double LeastWeight = 0.01;

    /// <summary>Nodes in one band are equally near: what lies within it is noise of the measurement.</summary>
    private const double LatencyBandMs = 10;

    private double _start;

    public DispatchNode Node { get; set; } = node;

    /// <summary>Leases that it has, and assignments that become leases.</summary>
    public int Outstanding { get; set; }

    /// <summary>The number of its latest assignment; 0 before the first.</summary>
    public long LastGrant { get; private set; }

    /// <summary>The poll in which it waits.</summary>
    public WaitingPoll? Poll { get; set; }

    public bool HasFreeSlot => Outstanding < Node.Slots;

    /// <summary>Health × reputation × share of free slots; of a node without free slots, the less the more it has to do.</summary>
    public double Weight =>
        Math.Max(LeastWeight, Node.Health * Node.Reputation * (HasFreeSlot ? 1 - ((double)Outstanding / Node.Slots) : 1.0 / (1 + Outstanding)));

    /// <summary>
    /// When its turn is over by weight (stride scheduling: a turn lasts 1 / weight). Whoever is the first to end is chosen, so that shares
    /// are in proportion to weights.
    /// </summary>
    public double Finish => _start + (1 / Weight);

    /// <summary>Its turns do not pile up while it is away or nothing suits it.</summary>
    public void CatchUp(double now)
    {
        if (Finish < now)
        {
            _start = now;
        }
    }

    /// <summary>It gets an assignment.</summary>
    /// <returns>Where its turn began.</returns>
    public double Grant(long number)
    {
        var began = _start;
        _start = Finish;
        LastGrant = number;
        Outstanding++;
        return began;
    }

    /// <summary>Its place in an order of nodes, the lowest first. Nodes without free slots come last; equals take turns.</summary>
    public RankKey Key(SelectionStrategy strategy) => new(
        !HasFreeSlot,
        strategy switch
        {
            SelectionStrategy.LeastLoaded => (double)Outstanding / Node.Slots,
            SelectionStrategy.RoundRobin => 0,
            SelectionStrategy.LatencyAware => Node.LatencyMs is { } latency ? Math.Floor(latency / LatencyBandMs) : double.MaxValue,
            _ => Finish,
        },
        LastGrant,
        number);

    public RankedCandidate Ranked(SelectionStrategy strategy, bool waited, double now) =>
        new(Node.Id, strategy, waited, Node.Health, Node.Reputation, Node.Slots, Outstanding, Node.LatencyMs, LastGrant, Math.Max(0, Weight * (_start - now)));
}

/// <summary>A place in an order of nodes.</summary>
internal readonly record struct RankKey(bool Ahead, double Rank, long LastGrant, long Number) : IComparable<RankKey>
{
    public int CompareTo(RankKey other)
    {
        var order = Ahead.CompareTo(other.Ahead);
        order = order != 0 ? order : Rank.CompareTo(other.Rank);
        order = order != 0 ? order : LastGrant.CompareTo(other.LastGrant);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }
}
