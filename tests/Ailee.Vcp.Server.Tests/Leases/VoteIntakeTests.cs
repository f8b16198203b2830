using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>What nodes say after their word counts no more, or before it is asked for.</summary>
public sealed class VoteIntakeTests : IAsyncLifetime
{
    private static readonly Lie WrongCount = new() { Payload = payload => payload with { Instructions = payload.Instructions + 1, Gas = payload.Gas + 1 } };

    private readonly List<ActingNode> _nodes = [];
    private RunningServer? _server;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        _nodes.Add(new ActingNode(_server));
        foreach (var owner in (string[])["ann", "bob"])
        {
            _nodes.Add(await ActingNode.JoinAsync(_server, owner));
        }
    }

    [Fact]
    public async Task Report_CancelledVote_LeaseEndedAndNothingIsDecided()
    {
        var id = await SubmitAsync("quorum", 3);
        var leases = new[] { await _nodes[0].LeaseAsync(), await _nodes[1].LeaseAsync(), await _nodes[2].LeaseAsync() };
        Assert.True((await _nodes[0].AnswerAsync(leases[0])).Accepted);
        await Server.Client.CancelTaskAsync(id, default);

        Assert.Equal(new LeaseReceipt(false, "lease-ended"), await _nodes[1].AnswerAsync(leases[1]));
        Assert.Equal(new LeaseReceipt(false, "lease-ended"), await _nodes[2].AnswerAsync(leases[2]));

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Cancelled, 0), (task.State, task.Proofs.Count));
        Assert.Equal(0, Server.Get<TaskPlaces>().Open);
    }

    [Fact]
    public async Task Report_HonestAfterARefusedOne_IsNoVoteAndTheOthersDecide()
    {
        var id = await SubmitAsync("quorum", 3);
        var leases = new[] { await _nodes[0].LeaseAsync(), await _nodes[1].LeaseAsync(), await _nodes[2].LeaseAsync() };
        Assert.False((await _nodes[0].AnswerAsync(leases[0], new Lie { Bytes = _ => [] })).Accepted);

        Assert.Equal(new LeaseReceipt(false, "lease-ended"), await _nodes[0].AnswerAsync(leases[0]));
        Assert.True((await _nodes[1].AnswerAsync(leases[1])).Accepted);
        Assert.True((await _nodes[2].AnswerAsync(leases[2])).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2), (task.State, task.Proofs.Count));
    }

    [Fact]
    public async Task Report_QuarantinedNode_DecidesNothing()
    {
        var id = await SubmitAsync(null, null);
        var lease = await _nodes[1].LeaseAsync();
        await Server.Get<NodeStanding>().QuarantineAsync(_nodes[1].Id, "it lies", new Actor(Caller.Local, null));

        Assert.Equal(new LeaseReceipt(false, "node-not-enrolled"), await _nodes[1].AnswerAsync(lease));

        Assert.Equal(TaskStates.Queued, (await Server.Client.GetTaskAsync(id, null, default)).State);
    }

    [Fact]
    public async Task Report_TwoStatementsWithoutOutput_Equivocation()
    {
        await SubmitAsync(null, null);
        var lease = await _nodes[1].LeaseAsync();
        var (first, second) = (Bare(await _nodes[1].ReportAsync(lease)), Bare(await _nodes[1].ReportAsync(lease, WrongCount)));

        Assert.True((await _nodes[1].Gateway.ReportAsync(first, default)).OutputWanted);
        Assert.True((await _nodes[1].Gateway.ReportAsync(first, default)).OutputWanted);

        Assert.Equal(new LeaseReceipt(false, "equivocation"), await _nodes[1].Gateway.ReportAsync(second, default));
        Assert.Equal(0.45, Server.Get<NodeRegistry>().Find(_nodes[1].Id)!.Reputation.Value, 6);
    }

    [Fact]
    public async Task Report_LeaseOfAnotherNode_StaysThatNodes()
    {
        await SubmitAsync(null, null);
        var lease = await _nodes[1].LeaseAsync();

        Assert.Equal("lease-unknown", (await _nodes[2].AnswerAsync(lease)).Code);

        Assert.Equal(1, Server.Get<LeaseTable>().Count(_nodes[1].Id));
    }

    [Fact]
    public async Task Claim_AskedAgainAndAgain_OthersAreAskedWhenItsTimeIsOver()
    {
        await SubmitAsync(null, null);
        var report = await _nodes[1].ReportAsync(await _nodes[1].LeaseAsync());
        var payload = SignedStatement.TryDecode(report.Statement!.Value, out _)!.Payload;
        var time = new FakeTimeProvider();
        var arrivals = new OutputArrivals(time);
        Assert.True(await arrivals.ClaimAsync(payload, report.Lease, default));
        var other = arrivals.ClaimAsync(payload, Guid.NewGuid(), default);

        time.Advance(TimeSpan.FromSeconds(14));
        Assert.True(await arrivals.ClaimAsync(payload, report.Lease, default));
        Assert.False(other.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await other);
        Assert.True(await arrivals.ClaimAsync(payload, report.Lease, default));
        Assert.True(await arrivals.ClaimAsync(payload, Guid.NewGuid(), default));
    }

    [Fact]
    public async Task Submit_AdaptiveWithOneOwner_NotEnoughOwners()
    {
        foreach (var node in _nodes[1..])
        {
            await Server.Get<NodeStanding>().DrainAsync(node.Id, new Actor(Caller.Local, null));
        }

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "not-enough-owners", () => SubmitAsync("adaptive", null));
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(node => node.Dispose());
        await Server.DisposeAsync();
    }

    // What a node on another machine sends first.
    private static LeaseReport Bare(LeaseReport report) => new() { Lease = report.Lease, Statement = report.Statement, WallTime = report.WallTime };

    private async Task<TaskId> SubmitAsync(string? mode, int? replicas)
    {
        var module = await Server.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 2, 40) with { Assurance = mode is null ? null : new TaskAssurance { Mode = mode, Replicas = replicas } };
        return TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);
    }
}
