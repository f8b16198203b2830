using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Stands between an honest agent and the server: counts, and hands in something else where its node misbehaves.</summary>
internal sealed class ActingGateway(HttpNodeGateway inner, VirtualNode node, LoadOptions options, StatementBoard board, StartTimes starts) : INodeGateway
{
    private const long HugeBytes = 10_000_000_000;

    private static readonly LeaseReceipt Nothing = new(false, null);

    private readonly ConcurrentDictionary<Guid, Held> _held = [];
    private readonly Random _chance = options.Chance(node.Number, "which tasks");

    public TimeSpan HeartbeatInterval => inner.HeartbeatInterval;

    public async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken)
    {
        var leases = await inner.LeaseAsync(most, cancellationToken);
        foreach (var lease in leases)
        {
            // Decided once for a lease: a report that is repeated has to be the same. Leases are asked for one call at a time.
            if (_held.TryAdd(lease.Lease, new Held(lease, node.Misbehaves && _chance.NextDouble() < options.Conduct.Probability)))
            {
                node.Counts.Lease();
            }
        }

        return leases;
    }

    public Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken) => inner.WaitRevocationsAsync(cancellationToken);

    public async Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await inner.HeartbeatAsync(heartbeat, cancellationToken);
            node.Counts.Heartbeat();
            return reply;
        }
        catch (NodeCallException)
        {
            node.Counts.FailedHeartbeat();
            throw;
        }
    }

    public Task ProbeAsync(Probe probe, CancellationToken cancellationToken) => inner.ProbeAsync(probe, cancellationToken);

    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken) => inner.GetModuleAsync(lease, cancellationToken);

    public Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken) => inner.GetBundleAsync(lease, cancellationToken);

    public Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken) => inner.GetStdinAsync(lease, cancellationToken);

    public async Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        var held = _held[report.Lease];
        if (report.EnergyJoules is { } started)
        {
            // Not joules: see VirtualNode.NoteStart.
            starts.Add(report.Lease, VirtualNode.StartOf(started));
            options.Started?.Invoke(report.Lease, held.Lease.Task, VirtualNode.StartOf(started));
            report = report with { EnergyJoules = null };
        }

        if (report.Statement is null)
        {
            node.Counts.Inconclusive();
        }

        var receipt = report.Statement is not null && held.IsLie
            ? await MisbehaveAsync(held.Lease, report, cancellationToken)
            : await HandInAsync(report, cancellationToken);
        _held.TryRemove(report.Lease, out _);
        return receipt;
    }

    private async Task<LeaseReceipt> MisbehaveAsync(LeaseOffer lease, LeaseReport honest, CancellationToken cancellationToken)
    {
        node.Counts.Misbehaved();
        var chance = options.Chance(node.Number, lease.Task);
        switch (options.Conduct.Behaviour)
        {
            case Behaviour.WrongOutput:
                return await HandInAsync(Lies.WrongOutput(honest, chance, node.Sign), cancellationToken);
            case Behaviour.WrongGas:
                return await HandInAsync(Lies.WrongGas(honest, chance, Invocation.TryDecode(lease.Invocation, out _)!.Limits.Instructions, node.Sign), cancellationToken);
            case Behaviour.Copy:
                return await HandInAsync(honest with { Statement = Copied(lease, honest, chance) }, cancellationToken);
            case Behaviour.Garbage:
                return await HandInAsync(Lies.Garbage(honest, chance), cancellationToken);
            case Behaviour.Unsigned:
                return await HandInAsync(Lies.Unsigned(honest), cancellationToken);
            case Behaviour.Equivocate:
                await HandInAsync(honest, cancellationToken);
                return await HandInAsync(Lies.WrongOutput(honest, chance, node.Sign), cancellationToken);
            case Behaviour.Hold:
                // As long as this does not end the agent names the lease in its heartbeats.
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return Nothing;
            case Behaviour.Huge:
                await SendHugeAsync(HttpMethod.Post, $"leases/{lease.Lease}/result", MediaTypes.Json, isTold: false, cancellationToken);
                await SendHugeAsync(HttpMethod.Put, $"leases/{lease.Lease}/output", MediaTypes.Cbor, isTold: true, cancellationToken);
                await SendHugeAsync(HttpMethod.Put, $"leases/{lease.Lease}/output", MediaTypes.Cbor, isTold: false, cancellationToken);
                return Nothing;
            default:
                return Nothing;
        }
    }

    private async Task<LeaseReceipt> HandInAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        var receipt = await inner.ReportAsync(report, cancellationToken);
        if (receipt.Accepted)
        {
            node.Counts.Accepted();
            board.Note(_held[report.Lease].Lease.Task, node, report.Statement);
        }
        else
        {
            node.Counts.Refused(receipt.Code ?? "unknown");
        }

        return receipt;
    }

    // What another node handed in for this task, or, where none did yet, what another would.
    private ReadOnlyMemory<byte> Copied(LeaseOffer lease, LeaseReport honest, Random chance) =>
        board.Find(lease.Task, node) ?? board.Another(node, chance).Sign(Lies.PayloadOf(honest)).Bytes;

    private async Task SendHugeAsync(HttpMethod method, string path, string mediaType, bool isTold, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, "api/v1/" + path) { Content = new EndlessContent(HugeBytes, isTold, node.Counts.Sent) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        message.Headers.TransferEncodingChunked = isTold ? null : true;
        try
        {
            using var response = await node.SendAsync(message, cancellationToken);
            node.Counts.Refused($"{method.Method.ToLowerInvariant()}-{(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            node.Counts.Refused($"{method.Method.ToLowerInvariant()}-broken-off");
        }
    }

    private sealed record Held(LeaseOffer Lease, bool IsLie);
}
