using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Node;

/// <summary>A node's way to its orchestrator. The built-in node's leads to the same services within the process that a remote node's leads to over HTTP.</summary>
public interface INodeGateway
{
    /// <summary>Waits for work.</summary>
    /// <param name="most">How many leases the node can take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One to <paramref name="most"/> leases; fewer if their inputs are large, though more are there.</returns>
    Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken);

    /// <summary>Waits until leases are revoked, because their tasks were cancelled.</summary>
    Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken);

    /// <summary>Says that the node lives and what it works on, which renews its leases.</summary>
    Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken);

    /// <summary>How often the orchestrator wants to hear of the node. Default 5 s.</summary>
    TimeSpan HeartbeatInterval => TimeSpan.FromSeconds(5);

    /// <summary>Answers a measurement of a <see cref="HeartbeatReply"/>. Within a process there is nothing to measure, and nothing to do.</summary>
    Task ProbeAsync(Probe probe, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The bytes of the module that a lease names.</summary>
    Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken);

    /// <summary>The canonical tar of the bundle that a lease names. The caller disposes it.</summary>
    Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken);

    /// <summary>The bytes of stdin of a lease that does not carry them.</summary>
    Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken);

    /// <summary>Hands in what came of a lease, with all that belongs to it. Safe to repeat.</summary>
    Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken);

    /// <summary>Says that the node stops before these leases came to anything, so that nobody waits for them. It is tried for a moment only. Within a process the orchestrator knows.</summary>
    Task GiveBackAsync(IReadOnlyList<Guid> leases) => Task.CompletedTask;
}
