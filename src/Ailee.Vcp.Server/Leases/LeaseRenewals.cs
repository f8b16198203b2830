using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Renews leases with the heartbeats of their nodes.</summary>
internal sealed class LeaseRenewals(LeaseTable leases, IOptions<NodeOptions> options, TimeProvider time) : ILeases
{
    public IReadOnlyList<Guid> Renew(NodeId node, IReadOnlyList<Guid> held) =>
        leases.Renew(node, held, time.GetUtcNow() + options.Value.EffectiveLeaseTtl);
}
