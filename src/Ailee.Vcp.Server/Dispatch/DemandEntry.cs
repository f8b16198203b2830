using System.Collections.Immutable;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A task within the dispatcher, under its lock. It is kept until it is withdrawn, so that it keeps its turn.</summary>
/// <param name="demand">Its demand.</param>
/// <param name="submitter">Whose it is.</param>
/// <param name="turn">Its place among those of its submitter.</param>
/// <param name="revision">Never used before, so that assignments of another demand are known.</param>
internal sealed class DemandEntry(Demand demand, Submitter submitter, DemandTurn turn, long revision)
{
    private readonly HashSet<OwnerId> _added = [];

    public Demand Demand { get; private set; } = demand;

    public NodeFilter Filter { get; private set; } = NodeFilter.Of(demand);

    public Submitter Submitter { get; private set; } = submitter;

    public DemandTurn Turn { get; private set; } = turn;

    public long Revision { get; private set; } = revision;

    /// <summary>Leases that it still needs.</summary>
    public int Remaining { get; private set; } = CountOf(demand);

    /// <summary>The lane in which it waits.</summary>
    public DemandLane? Lane { get; set; }

    /// <summary>Until when it waits before it waits for a node.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>The same by time that nobody sets, from the start of the dispatcher.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>The owners that the demand excludes and those that got it since.</summary>
    public IReadOnlySet<OwnerId> ExcludedOwners { get; private set; } = demand.ExcludedOwners;

    public void Replace(Demand demand, Submitter submitter, DemandTurn turn, long revision)
    {
        (Demand, Filter, Submitter, Turn, Revision, Remaining) = (demand, NodeFilter.Of(demand), submitter, turn, revision, CountOf(demand));
        _added.Clear();
        ExcludedOwners = demand.ExcludedOwners;
    }

    /// <summary>One lease fewer is needed.</summary>
    /// <returns>Whether the owner was not excluded before.</returns>
    public bool Take(OwnerId owner)
    {
        Remaining--;
        var added = !ExcludedOwners.Contains(owner) && _added.Add(owner);
        ExcludedOwners = added ? Union() : ExcludedOwners;
        return added;
    }

    /// <summary>It is needed after all.</summary>
    public void GiveBack(OwnerId owner, bool excludesOwner)
    {
        Remaining++;
        if (excludesOwner && _added.Remove(owner))
        {
            ExcludedOwners = Union();
        }
    }

    /// <summary>What the node lacks for it, not looking at avoided nodes; null if it may have it.</summary>
    public string? Lacks(DispatchNode node) =>
        Demand.Only is { } only ? (node.Id != only ? NodeLacks.Only : node.Accepts ? null : NodeLacks.Accepts)
        : Filter.Lacks(node) ?? (ExcludedOwners.Contains(node.Owner) ? NodeLacks.Owner : null);

    // One node gives one lease.
    private static int CountOf(Demand demand) => demand.Only is null ? demand.Count : 1;

    private IReadOnlySet<OwnerId> Union() => _added.Count == 0 ? Demand.ExcludedOwners : Demand.ExcludedOwners.Concat(_added).ToImmutableHashSet();
}
