using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Who could run a task: the owners of enrolled nodes that have what it asks for, whether they are online now or not.</summary>
internal sealed class EligibleOwners(NodeRegistry nodes, ServerClock clock)
{
    /// <summary>How many there are for a new task, counted up to <paramref name="most"/>.</summary>
    public int Count(Demand demand, int most) =>
        Of(demand, node => node.Standing == NodeStandings.Active).Distinct().Take(most).Count();

    /// <summary>Whether there is one beside those who are barred. One whose nodes are only drained is waited for.</summary>
    public bool AnyOther(Demand demand, IReadOnlySet<OwnerId> barred) =>
        Of(demand, node => node.Standing is NodeStandings.Active or NodeStandings.Draining).Any(owner => !barred.Contains(owner));

    private IEnumerable<OwnerId> Of(Demand demand, Func<LiveNode, bool> stands)
    {
        var (filter, now) = (NodeFilter.Of(demand), clock.Now);
        return from node in nodes.All()
                   // What a node has that was enrolled and never heard of since is not known; it may fit.
               where stands(node) && (node.Capabilities is null || (node.IsCompatible && filter.Lacks(DispatchNodes.Of(node, now) with { Accepts = true }) is null))
               select OwnerId.Parse(node.Row.Owner);
    }
}
