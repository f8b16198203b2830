using System.Collections.Concurrent;
using System.Threading.Channels;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Leases;

/// <summary>A lease that runs.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Task">The task.</param>
/// <param name="Node">Who has it.</param>
internal sealed record RunningLease(Guid Id, TaskId Task, NodeId Node);

/// <summary>
/// The leases that run, and until when: a cache of the attempts' rows, whose times are only here: all are
/// of the time that the server ran, so that nobody loses a lease by a clock that is set or a server that was paused. After a restart every
/// lease has its whole time again, so that a node which did not notice loses nothing. Thread-safe.
/// </summary>
internal sealed class LeaseTable
{
    private readonly ConcurrentDictionary<Guid, Entry> _leases = [];
    private readonly ConcurrentDictionary<NodeId, NodeLeases> _nodes = [];

    /// <summary>Told after a lease of a node ended.</summary>
    public event Action<NodeId>? Ended;

    /// <summary>Adds a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="until">When it expires; null for never, as long as this process lives.</param>
    /// <param name="latest">When it expires however often it is renewed: a node that only says that it lives does not keep a task for ever.</param>
    public void Add(RunningLease lease, TimeSpan? until, TimeSpan latest)
    {
        if (_leases.TryAdd(lease.Id, new Entry(lease, until, latest)))
        {
            Of(lease.Node).Add(1);
        }
    }

    /// <summary>Removes a lease that ended.</summary>
    public void Remove(Guid lease)
    {
        if (_leases.TryRemove(lease, out var entry))
        {
            End(entry);
        }
    }

    /// <summary>Removes a lease that ended without its node's doing, and lets the node know.</summary>
    public void Revoke(Guid lease)
    {
        if (_leases.TryRemove(lease, out var entry))
        {
            End(entry);
            Of(entry.Lease.Node).Revoked.Writer.TryWrite(lease);
        }
    }

    /// <summary>Renews those of a node's leases that run, and returns the others: those have ended.</summary>
    public List<Guid> Renew(NodeId node, IReadOnlyList<Guid> leases, TimeSpan until)
    {
        var ended = new List<Guid>();
        foreach (var id in leases)
        {
            if (!_leases.TryGetValue(id, out var entry) || entry.Lease.Node != node)
            {
                ended.Add(id);
            }
            else if (entry.Until is not null)
            {
                _leases.TryUpdate(id, entry with { Until = until < entry.Latest ? until : entry.Latest }, entry);
            }
        }

        return ended;
    }

    /// <summary>The leases whose time is over. They stay until they are removed.</summary>
    public List<RunningLease> Expired(TimeSpan uptime) => [.. _leases.Values.Where(entry => entry.Until <= uptime).Select(entry => entry.Lease)];

    /// <summary>The leases of the nodes that are asked for.</summary>
    public List<RunningLease> HeldBy(Func<NodeId, bool> holds) => [.. _leases.Values.Where(entry => holds(entry.Lease.Node)).Select(entry => entry.Lease)];

    /// <summary>Waits until leases of a node are revoked.</summary>
    public async Task<IReadOnlyList<Guid>> WaitRevokedAsync(NodeId node, CancellationToken cancellationToken)
    {
        var reader = Of(node).Revoked.Reader;
        return [await reader.ReadAsync(cancellationToken), .. TakeRevoked(node)];
    }

    /// <summary>Leases of a node that were revoked and of which it was not told, up to a bound; its heartbeats tell it again.</summary>
    public List<Guid> TakeRevoked(NodeId node)
    {
        var revoked = new List<Guid>();
        while (Of(node).Revoked.Reader.TryRead(out var next))
        {
            revoked.Add(next);
        }

        return revoked;
    }

    /// <summary>Leases of a node.</summary>
    public int Count(NodeId node) => _nodes.TryGetValue(node, out var leases) ? leases.Count : 0;

    private NodeLeases Of(NodeId node) => _nodes.GetOrAdd(node, _ => new NodeLeases());

    private void End(Entry entry)
    {
        Of(entry.Lease.Node).Add(-1);
        Ended?.Invoke(entry.Lease.Node);
    }

    private sealed record Entry(RunningLease Lease, TimeSpan? Until, TimeSpan Latest);

    private sealed class NodeLeases
    {
        // A node that does not ask hears of them with its heartbeats.
        private const int MostRevoked = 4096;

        private int _count;

        public Channel<Guid> Revoked { get; } = Channel.CreateBounded<Guid>(new BoundedChannelOptions(MostRevoked) { FullMode = BoundedChannelFullMode.DropOldest });

        public int Count => Volatile.Read(ref _count);

        public void Add(int leases) => Interlocked.Add(ref _count, leases);
    }
}
