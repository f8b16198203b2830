using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>The whole node against a server whose network loses things.</summary>
public sealed class RemoteAgentTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();
    private readonly FakeGateway _offers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly GuestThreads _threads = new(1);
    private readonly WasmSandbox _sandbox = new(new SandboxOptions());
    private Task _agent = Task.CompletedTask;

    private FakeServer Server => _node.Server;

    [Fact]
    public async Task Run_ResponseToEveryCallLost_NothingIsLostAndNothingIsThereTwice()
    {
        string[] calls = ["challenge", "session", "heartbeat", "leases", "module", "bundle", "stdin", "result", "output"];
        foreach (var call in calls)
        {
            Server.Fail(call, Fault.ResponseLost, Fault.RequestLost);
        }

        Server.Skew = TimeSpan.FromHours(1);
        var leases = Enumerable.Range(0, 3).Select(Offer).ToList();
        Server.Send([.. leases]);
        Start();

        var accepted = new List<Guid>();
        while (accepted.Count < leases.Count)
        {
            accepted.Add(await _node.AdvanceUntilAsync(Server.AcceptedAsync()));
        }

        Assert.Equal(leases.Select(lease => lease.Lease).Order(), accepted.Order());
        Assert.False(Server.HasAccepted);
        Assert.Equal(0, Server.Contradictions);
        Assert.All(calls, call => Assert.True(Server.CountOf(call) >= 3, call));
        foreach (var lease in leases)
        {
            var statement = StatementVerifier.Verify(Server.StatementOf(lease.Lease), new Evidence { Key = _node.Key.PublicKey, Invocation = lease.Invocation }).Statement!;
            // In the server's time, which is an hour later than the machine's.
            Assert.True(statement.Header.IssuedAtSeconds >= (RemoteNodeFixture.Start + TimeSpan.FromMinutes(59)).ToUnixTimeSeconds());
            Assert.True(statement.Header.IssuedAtSeconds <= Server.Now.ToUnixTimeSeconds());
        }
    }

    [Fact]
    public async Task Run_LeaseThatTheServerEnds_IsDroppedWithoutAReport()
    {
        Start();
        var loop = _offers.Offer(FakeGateway.Loop);
        Server.Contents[$"{loop.Lease}/module"] = _offers.Modules[Digest.Parse(loop.Module)];
        Server.Send(loop);
        await _node.AdvanceUntilAsync(() => Server.Heartbeats.Any(heartbeat => heartbeat.Leases.Contains(loop.Lease)));

        Server.Reply = new HeartbeatReply(default, "online", [], [loop.Lease], null);
        await _node.AdvanceUntilAsync(() => Server.Heartbeats.Last().Leases.Count == 0);

        Assert.Equal(0, Server.CountOf("result"));
    }

    [Fact]
    public async Task Run_LeaseWhoseModuleIsGone_IsDroppedAndTheNextRuns()
    {
        Start();
        var next = Offer(1);
        Server.Send(_offers.Offer(FakeGateway.Loop), next);

        Assert.Equal(next.Lease, await _node.AdvanceUntilAsync(Server.AcceptedAsync()));
        Assert.False(Server.HasAccepted);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _agent;
        await _node.DisposeAsync();
        _threads.Dispose();
        _sandbox.Dispose();
        _stop.Dispose();
    }

    private LeaseOffer Offer(int number)
    {
        var stdin = "some input"u8.ToArray();
        var offer = _offers.OfferWithBundle(FakeGateway.Add, number, 40);
        var invocation = Invocation.TryDecode(offer.Invocation, out _)! with { Stdin = Blob.Of(stdin) };
        Server.Contents[$"{offer.Lease}/module"] = _offers.Modules[Digest.Parse(offer.Module)];
        Server.Contents[$"{offer.Lease}/bundle"] = _offers.Bundles[Digest.Parse(offer.Bundle!)];
        Server.Contents[$"{offer.Lease}/stdin"] = stdin;
        return offer with { Invocation = invocation.Encode(), Stdin = null, StdinSizeBytes = stdin.Length };
    }

    private void Start()
    {
        var gateway = _node.Gateway;
        var agent = new NodeAgent(gateway, _sandbox, new BundleCache(1 << 20), _threads, 1, _node.Key, new StatementCounter(_node.Directory.Counter), gateway.Time, NullLogger<NodeAgent>.Instance) { LeasesPerSlot = 4 };
        _agent = Task.Run(() => agent.RunAsync(_stop.Token));
    }
}
