using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Renews leases with the heartbeats of their nodes.</summary>
internal sealed class LeaseRenewals(LeaseTable leases, IOptions<NodeOptions> options, ServerClock clock) : ILeases
{
    public IReadOnlyList<Guid> Renew(NodeId node, IReadOnlyList<Guid> held) =>
        leases.Renew(node, held, clock.Uptime + options.Value.EffectiveLeaseTtl);
}
