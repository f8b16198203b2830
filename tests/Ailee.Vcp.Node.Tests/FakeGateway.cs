using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox;

namespace Ailee.Vcp.Node.Tests;

/// <summary>An orchestrator far away: hands out what the test offers, takes what the agent reports, and fails when told to.</summary>
internal sealed class FakeGateway : INodeGateway
{
    public const string Add = """(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";
    public const string Loop = """(module (func (export "run") (loop br 0)))""";
    public const string StackBomb = """(module (func $f (export "run") (call $f)))""";

    private readonly Channel<LeaseOffer> _offers = Channel.CreateUnbounded<LeaseOffer>();
    private readonly Channel<LeaseReport> _reports = Channel.CreateUnbounded<LeaseReport>();
    private readonly Channel<IReadOnlyList<Guid>> _revocations = Channel.CreateUnbounded<IReadOnlyList<Guid>>();
    private int _leaseFailures;
    private int _reportFailures;
    private int _revocationFailures;
    private int _heartbeatFailures;

    public ConcurrentDictionary<Digest, byte[]> Modules { get; } = [];

    public ConcurrentDictionary<Digest, byte[]> Bundles { get; } = [];

    /// <summary>Called between the grant of leases and their arrival at the agent.</summary>
    public Func<IReadOnlyList<LeaseOffer>, Task> OnTheWay { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called while a bundle is fetched.</summary>
    public Func<Task> OnBundle { get; set; } = () => Task.CompletedTask;

    /// <summary>Called while a report is handed in.</summary>
    public Func<Task> OnReport { get; set; } = () => Task.CompletedTask;

    /// <summary>Leases in an answer.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    /// <summary>What to answer to reports.</summary>
    public LeaseReceipt Receipt { get; set; } = new(true, null);

    public int LeaseFailures { set => _leaseFailures = value; }

    public int ReportFailures { set => _reportFailures = value; }

    public int RevocationFailures { set => _revocationFailures = value; }

    /// <summary>How many leases the agent asked for, call by call.</summary>
    public ConcurrentQueue<int> Asked { get; } = [];

    /// <summary>The modules that the agent fetched, to run them.</summary>
    public ConcurrentQueue<Digest> Fetched { get; } = [];

    public LeaseOffer Offer(string wat, params int[] arguments)
    {
        var module = WasmSandbox.ConvertText(wat);
        Modules[Digest.Of(module)] = module;
        var invocation = new Invocation
        {
            FunctionArguments = [.. arguments.Select(argument => new ScalarValue(ScalarType.I32, (uint)argument))],
            Limits = new DeterministicLimits(1 << 20, 1_000_000_000_000_000, 1000, 1000, 1000, 1000, 10, 10),
        };
        return new LeaseOffer
        {
            Lease = Guid.NewGuid(),
            Task = TaskId.Create(DateTimeOffset.UnixEpoch).ToString(),
            Nonce = Nonce.Create().ToArray(),
            Module = Digest.Of(module).ToString(),
            Entrypoint = "run",
            Invocation = invocation.Encode(),
            Stdin = Encoding.UTF8.GetBytes(string.Empty),
            StdinSizeBytes = 0,
            // Only a guest that should have been stopped runs so long.
            TimeoutMs = 30_000,
        };
    }

    /// <summary>An offer with a bundle that no other has.</summary>
    public LeaseOffer OfferWithBundle(string wat, params int[] arguments) => OfferWithBundle(ContentHash.Sha256, wat, arguments);

    /// <summary>The same under a hash.</summary>
    public LeaseOffer OfferWithBundle(ContentHash hash, string wat, params int[] arguments)
    {
        var bundle = new Bundle([new BundleEntry("f", BundleEntryKind.File, Guid.NewGuid().ToByteArray())]);
        Bundles[bundle.Digest] = BundleTarWriter.Write(bundle);
        var offer = Offer(wat, arguments);
        var invocation = Invocation.TryDecode(offer.Invocation, out _)! with { Stdin = Blob.Of([], hash), Bundle = bundle.DigestUnder(hash) };
        return offer with { Invocation = invocation.Encode(), Bundle = bundle.Digest.ToString(), Hash = hash.Name };
    }

    public void Send(params LeaseOffer[] offers) => Assert.All(offers, offer => Assert.True(_offers.Writer.TryWrite(offer)));

    public void Revoke(params Guid[] leases) => Assert.True(_revocations.Writer.TryWrite(leases));

    public Task<LeaseReport> ReportedAsync() => _reports.Reader.ReadAsync().AsTask();

    public async Task<List<LeaseReport>> ReportedAsync(int count)
    {
        var reports = new List<LeaseReport>();
        while (reports.Count < count)
        {
            reports.Add(await ReportedAsync());
        }

        return reports;
    }

    public int PendingRevocations => _revocations.Reader.Count;

    public bool HasReport => _reports.Reader.TryPeek(out _);

    public async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken)
    {
        Asked.Enqueue(most);
        Fail(ref _leaseFailures);
        List<LeaseOffer> leases = [await _offers.Reader.ReadAsync(cancellationToken)];
        while (leases.Count < Math.Min(most, MostAtOnce) && _offers.Reader.TryRead(out var lease))
        {
            leases.Add(lease);
        }

        await OnTheWay(leases);
        return leases;
    }

    public async Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken)
    {
        Fail(ref _revocationFailures);
        return await _revocations.Reader.ReadAsync(cancellationToken);
    }

    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken)
    {
        var digest = Digest.Parse(lease.Module);
        Fetched.Enqueue(digest);
        return Modules.TryGetValue(digest, out var module) ? Task.FromResult<ReadOnlyMemory<byte>>(module) : throw new InvalidOperationException("No such module.");
    }

    public async Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken)
    {
        await OnBundle();
        return Bundles.TryGetValue(Digest.Parse(lease.Bundle!), out var tar) ? new MemoryStream(tar) : throw new InvalidOperationException("No such bundle.");
    }

    public Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Every offer here carries its stdin.");

    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the agent said of itself.</summary>
    public ConcurrentQueue<HeartbeatRequest> Heartbeats { get; } = [];

    /// <summary>The probes that the agent answered.</summary>
    public ConcurrentQueue<Probe> Probes { get; } = [];

    /// <summary>A probe for the next heartbeat.</summary>
    public Probe? Probe { get; set; }

    public int HeartbeatFailures { set => _heartbeatFailures = value; }

    public Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken)
    {
        Heartbeats.Enqueue(heartbeat);
        Fail(ref _heartbeatFailures);
        var probe = Probe;
        Probe = null;
        return Task.FromResult(new HeartbeatReply(DateTimeOffset.UnixEpoch, "online", [], [], probe));
    }

    public Task ProbeAsync(Probe probe, CancellationToken cancellationToken)
    {
        Probes.Enqueue(probe);
        return Task.FromException(new HttpRequestException("The orchestrator is away."));
    }

    public async Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        Fail(ref _reportFailures);
        await OnReport();
        Assert.True(_reports.Writer.TryWrite(report));
        return Receipt;
    }

    /// <summary>The leases that the agent gave back.</summary>
    public ConcurrentQueue<Guid> GivenBack { get; } = [];

    public Task GiveBackAsync(IReadOnlyList<Guid> leases)
    {
        Assert.All(leases, GivenBack.Enqueue);
        return Task.CompletedTask;
    }

    private static void Fail(ref int failures)
    {
        if (Interlocked.Decrement(ref failures) >= 0)
        {
            throw new HttpRequestException("The orchestrator is away.");
        }
    }
}
