using System.Collections.Concurrent;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.ProductionDemo.Liars;

/// <summary>A node's way to its server on which every result becomes a lie. Everything else passes as it is.</summary>
internal sealed class LyingGateway(INodeGateway truthful, SigningKey key, StatementCounter counter, TimeProvider time) : INodeGateway
{
    // A report that is repeated is the same lie again.
    private readonly ConcurrentDictionary<Guid, LeaseReport> _lies = new();

    public TimeSpan HeartbeatInterval => truthful.HeartbeatInterval;

    public Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken) => truthful.ReportAsync(
        report.Statement is null ? report : _lies.GetOrAdd(report.Lease, _ => Lie.Of(report, key, time.GetUtcNow().ToUnixTimeSeconds(), counter.Next())),
        cancellationToken);

    public Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken) => truthful.LeaseAsync(most, cancellationToken);

    public Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken) => truthful.WaitRevocationsAsync(cancellationToken);

    public Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken) => truthful.HeartbeatAsync(heartbeat, cancellationToken);

    public Task ProbeAsync(Probe probe, CancellationToken cancellationToken) => truthful.ProbeAsync(probe, cancellationToken);

    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken) => truthful.GetModuleAsync(lease, cancellationToken);

    public Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken) => truthful.GetBundleAsync(lease, cancellationToken);

    public Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken) => truthful.GetStdinAsync(lease, cancellationToken);
}
