using System.Collections.Concurrent;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

/// <summary>Leases that a test made up; all others have ended.</summary>
internal sealed class KnownLeases : ILeases
{
    private readonly ConcurrentDictionary<Guid, NodeId> _held = new();

    public ConcurrentQueue<Guid> Renewed { get; } = new();

    public void Hold(NodeId node, Guid lease) => _held[lease] = node;

    public IReadOnlyList<Guid> Renew(NodeId node, IReadOnlyList<Guid> leases)
    {
        var ended = new List<Guid>();
        foreach (var lease in leases)
        {
            if (_held.TryGetValue(lease, out var holder) && holder == node)
            {
                Renewed.Enqueue(lease);
            }
            else
            {
                ended.Add(lease);
            }
        }

        return ended;
    }
}
