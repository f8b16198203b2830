using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>What is auctioned: the leases of a task, and who may have them.</summary>
/// <param name="Demand">What the task needs.</param>
internal sealed record Lot(Demand Demand)
{
    private readonly NodeFilter _filter = NodeFilter.Of(Demand);

    /// <summary>The task.</summary>
    public TaskId Task => Demand.Task;

    /// <summary>What its auction needs.</summary>
    public AuctionNeed Need => new(Demand.Count, Demand.ExcludedOwners, Demand.AvoidedNodes, Demand.NotBefore);

    /// <summary>Whether a node may bid: it says that it does, and it and its owner may have the task.</summary>
    public bool MayBid(LiveNode node, Moment now) => Fits(node, now) && !Demand.ExcludedOwners.Contains(OwnerId.Parse(node.Row.Owner));

    /// <summary>Whether a node may have the task, not looking at its owner. One that names no price does not bid.</summary>
    public bool Fits(LiveNode node, Moment now) => node.Capabilities?.Price is not null && _filter.Lacks(DispatchNodes.Of(node, now)) is null;
}
