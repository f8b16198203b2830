using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Leases;

/// <summary>A node's way to the services within the process: what the endpoints are to a node on another machine.</summary>
internal sealed class BuiltInGateway(
    PublicKey node,
    IDatabase database,
    BundleService bundles,
    LeaseService service,
    ResultIntake intake,
    LeaseTable leases,
    HeartbeatService heartbeats,
    IOptions<NodeOptions> options) : INodeGateway
{
    public Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken) => service.LeaseAsync(node.Id, most, cancellationToken);

    public Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken) => leases.WaitRevokedAsync(node.Id, cancellationToken);

    public TimeSpan HeartbeatInterval => TimeSpan.FromMilliseconds(options.Value.HeartbeatMs);

    public Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken) => Task.FromResult(heartbeats.Take(node.Id, heartbeat));

    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        database.Read(transaction => ModuleStore.FindContent(transaction, Digest.Parse(lease.Module))) is { } content
            ? Task.FromResult<ReadOnlyMemory<byte>>(content)
            : throw new InvalidOperationException($"Module {lease.Module} is leased but not stored.");

    public Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(bundles.Open(Digest.Parse(lease.Bundle!)) ?? throw new InvalidOperationException($"Bundle {lease.Bundle} is leased but not stored."));

    public Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>>(database.Read(transaction => TaskStore.FindInput(transaction, TaskId.Parse(lease.Task)))!.Value.Stdin);

    public Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken) => intake.ReportAsync(node, report, cancellationToken);
}
