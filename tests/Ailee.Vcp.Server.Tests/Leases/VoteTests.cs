using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>Several nodes run a task and vote.</summary>
public sealed class VoteTests : IAsyncLifetime
{
    // Consistent in itself: an instruction more is a unit of gas more.
    private static readonly Lie WrongCount = new() { Payload = payload => payload with { Instructions = payload.Instructions + 1, Gas = payload.Gas + 1 } };

    private readonly List<ActingNode> _nodes = [];
    private RunningServer? _server;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        // So dear that the little that the guest does is worth something.
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Ledger:PricePerMegaGas"] = "1000000" } });
        _nodes.Add(new ActingNode(_server));
        foreach (var owner in (string[])["ann", "bob", "cyd", "dan"])
        {
            _nodes.Add(await ActingNode.JoinAsync(_server, owner));
        }
    }

    [Fact]
    public async Task Quorum_TwoAgree_DecidedWithCertificateAndTheLateOneIsCompared()
    {
        var id = await SubmitAsync(3);
        var leases = new[] { await _nodes[0].LeaseAsync(), await _nodes[1].LeaseAsync(), await _nodes[2].LeaseAsync() };

        Assert.True((await _nodes[0].AnswerAsync(leases[0])).Accepted);
        Assert.Equal((TaskStates.Verifying, 0), await StateAsync(id));
        Assert.True((await _nodes[1].AnswerAsync(leases[1])).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "42"), (task.State, task.Result!.Results[0].Value.GetRawText()));
        Assert.Equal((2, 2), (task.Consensus!.Required, task.Consensus.Agreed));
        Assert.Equal(2, task.Proofs.Count);
        Assert.True((await _nodes[2].AnswerAsync(leases[2])).Accepted);
        var after = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, task.CompletedAt, task.Consensus.Certificate), (after.State, after.CompletedAt, after.Consensus!.Certificate));
        Assert.Equal([null, null, "late-agrees"], after.Attempts.Select(attempt => attempt.Reason));
        var file = await Server.Client.GetTransparentStatementAsync(Digest.Parse(task.Consensus.Certificate!), Calls.LongWait, default);
        var report = StatementVerifier.Verify(file, new Evidence { LogKey = await Server.Client.GetLogKeyAsync(default) });
        Assert.Null(report.FirstFailure);
        Assert.Equal(2, Assert.IsType<OrchestratorPayload.Certificate>(report.Orchestrator!.Payload).Votes.Count);
        Assert.All(_nodes[..3], node => Assert.Equal(0.51, ReputationOf(node), 6));
    }

    [Fact]
    public async Task Quorum_OneLiesFirst_TheOthersDecideAndItsOutputIsReplaced()
    {
        var id = await SubmitAsync(3);
        var leases = new[] { await _nodes[0].LeaseAsync(), await _nodes[1].LeaseAsync(), await _nodes[2].LeaseAsync() };

        Assert.True((await _nodes[0].AnswerAsync(leases[0], WrongCount)).Accepted);
        Assert.True((await _nodes[1].AnswerAsync(leases[1])).Accepted);
        Assert.Equal(TaskStates.Verifying, (await StateAsync(id)).State);
        Assert.True((await _nodes[2].AnswerAsync(leases[2])).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "42", 2), (task.State, task.Result!.Results[0].Value.GetRawText(), task.Consensus!.Agreed));
        Assert.Equal(3, task.Proofs.Count);
        Assert.Equal(0.45, ReputationOf(_nodes[0]), 6);
        Assert.Equal(0.51, ReputationOf(_nodes[2]), 6);
        // The trace that is served is that of the result that won.
        var winner = (await Server.Client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), Calls.LongWait, default)).ToArray();
        var stated = StatementVerifier.Verify(winner, new Evidence()).Statement!.Payload;
        Assert.Equal((task.Metrics!.Instructions, stated.TraceRoot.ToString()), (stated.Instructions, (await Server.Client.GetTraceLeafAsync(id, 1, default)).Root));
        Assert.Single(task.Proofs, proof => proof.Node == _nodes[0].Id.ToString() && proof.ExecutionHash == task.Proofs[2].ExecutionHash);
    }

    [Fact]
    public async Task Quorum_AllDiffer_FailsWithAReportOfWhoSaidWhat()
    {
        var id = await SubmitAsync(2, quorum: 2);
        for (var i = 0; i < 5; i++)
        {
            var node = _nodes[i];
            var lie = new Lie { Payload = payload => payload with { Instructions = payload.Instructions + _nodes.IndexOf(node), Gas = payload.Gas + _nodes.IndexOf(node) } };
            Assert.True((await node.AnswerAsync(await node.LeaseAsync(), lie)).Accepted);
        }

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Failed, "divergence"), (task.State, task.Failure!.Code));
        Assert.Equal(5, task.Failure.Divergence!.Runs.Count);
        Assert.Equal(_nodes.Select(node => node.Id.ToString()).Order(), task.Failure.Divergence.Runs.Select(run => run.Node).Order());
        Assert.Equal("instructions", task.Failure.Divergence.Field);
        Assert.NotNull(task.Failure.Report);
        // Who is right is not known, so nobody is held to be wrong.
        Assert.All(_nodes, node => Assert.Equal(0.5, ReputationOf(node), 6));
    }

    [Fact]
    public async Task Quorum_NodeSaysTwoThings_ItsVoteIsVoidAndAnotherIsAsked()
    {
        var id = await SubmitAsync(2, quorum: 2);
        var lease = await _nodes[0].LeaseAsync();
        Assert.True((await _nodes[0].AnswerAsync(lease)).Accepted);

        var receipt = await _nodes[0].AnswerAsync(lease, WrongCount);

        Assert.Equal(new LeaseReceipt(false, "equivocation"), receipt);
        Assert.Equal(new LeaseReceipt(false, "equivocation"), await _nodes[0].AnswerAsync(lease, WrongCount));
        Assert.True((await _nodes[1].AnswerAsync(await _nodes[1].LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Verifying, (await StateAsync(id)).State);
        Assert.True((await _nodes[2].AnswerAsync(await _nodes[2].LeaseAsync())).Accepted);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2), (task.State, task.Consensus!.Agreed));
        Assert.DoesNotContain(_nodes[0].Id.ToString(), task.Proofs.Select(proof => proof.Node));
        Assert.Equal(0.45, ReputationOf(_nodes[0]), 6);
    }

    [Fact]
    public async Task Quorum_InconclusiveRun_AnotherNodeIsAsked()
    {
        var id = await SubmitAsync(2, quorum: 2);
        var lost = new LeaseReport { Lease = (await _nodes[0].LeaseAsync()).Lease, Inconclusive = "engine-fault", WallTime = TimeSpan.Zero };
        Assert.True((await _nodes[0].Gateway.ReportAsync(lost, default)).Accepted);

        foreach (var node in _nodes[1..3])
        {
            Assert.True((await node.AnswerAsync(await node.LeaseAsync())).Accepted);
        }

        Assert.Equal(TaskStates.Completed, (await StateAsync(id)).State);
    }

    [Fact]
    public async Task Quorum_Lies_QuarantineTheLiar()
    {
        for (var i = 0; i < 3; i++)
        {
            await SubmitAsync(3);
            var leases = new[] { await _nodes[1].LeaseAsync(), await _nodes[2].LeaseAsync(), await _nodes[3].LeaseAsync() };
            Assert.True((await _nodes[1].AnswerAsync(leases[0], WrongCount)).Accepted);
            Assert.True((await _nodes[2].AnswerAsync(leases[1])).Accepted);
            Assert.True((await _nodes[3].AnswerAsync(leases[2])).Accepted);
        }

        Assert.Equal(NodeStandings.Quarantined, Server.Get<NodeRegistry>().Find(_nodes[1].Id)!.Standing);
        Assert.Equal(NodeStandings.Active, Server.Get<NodeRegistry>().Find(_nodes[2].Id)!.Standing);
    }

    [Fact]
    public async Task Quorum_EveryOtherOwnerIsPutAside_FailsInsteadOfWaiting()
    {
        var id = await SubmitAsync(2, quorum: 2);
        Assert.True((await _nodes[0].AnswerAsync(await _nodes[0].LeaseAsync())).Accepted);
        foreach (var node in _nodes[1..])
        {
            await Server.Client.QuarantineNodeAsync(node.Id, "for the test", default);
        }

        // The server does so too, within a second.
        await Server.Get<TaskDecisions>().ReviewAsync(DateTimeOffset.UnixEpoch.AddYears(60));

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Failed, "quorum-not-reached"), (task.State, task.Failure!.Code));
    }

    [Fact]
    public async Task Quorum_NodeWithALeaseIsQuarantined_TheLeaseIsRevokedAndAnotherNodeIsAsked()
    {
        var id = await SubmitAsync(2, quorum: 2);
        Assert.True((await _nodes[0].AnswerAsync(await _nodes[0].LeaseAsync())).Accepted);
        var lease = await _nodes[1].LeaseAsync();

        await Server.Client.QuarantineNodeAsync(_nodes[1].Id, "for the test", default);

        Assert.Equal([lease.Lease], await _nodes[1].Gateway.WaitRevocationsAsync(default));
        Assert.False((await _nodes[1].AnswerAsync(lease)).Accepted);
        Assert.True((await _nodes[2].AnswerAsync(await _nodes[2].LeaseAsync())).Accepted);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2), (task.State, task.Consensus!.Agreed));
        Assert.Equal([(null, "accepted"), ("node-put-aside", "cancelled"), (null, "accepted")], task.Attempts.Select(attempt => (attempt.Reason, attempt.State)));
        // It was not the node's doing that it came to nothing.
        Assert.Equal(0.5, ReputationOf(_nodes[1]), 6);
    }

    [Fact]
    public async Task Quorum_NoOtherOwnerHasWhatTheTaskAsksFor_FailsInsteadOfWaiting()
    {
        foreach (var node in _nodes)
        {
            Equip(node, memoryBytes: 1L << 30);
        }

        var id = await SubmitAsync(2, quorum: 2);
        Assert.True((await _nodes[0].AnswerAsync(await _nodes[0].LeaseAsync())).Accepted);
        foreach (var node in _nodes[1..])
        {
            Equip(node, memoryBytes: 1 << 16);
        }

        await Server.Get<TaskDecisions>().ReviewAsync(DateTimeOffset.UnixEpoch.AddYears(60));

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Failed, "quorum-not-reached"), (task.State, task.Failure!.Code));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "not-enough-owners", () => SubmitAsync(2));
    }

    [Fact]
    public async Task Quorum_TheOtherOwnersAreOnlyDrained_Waits()
    {
        var id = await SubmitAsync(2, quorum: 2);
        Assert.True((await _nodes[0].AnswerAsync(await _nodes[0].LeaseAsync())).Accepted);
        foreach (var node in _nodes[1..])
        {
            await Server.Client.DrainNodeAsync(node.Id, default);
        }

        await Server.Get<TaskDecisions>().ReviewAsync(DateTimeOffset.UnixEpoch.AddYears(60));

        Assert.Equal(TaskStates.Verifying, (await StateAsync(id)).State);
        await Server.Client.ReleaseNodeAsync(_nodes[1].Id, default);
        Assert.True((await _nodes[1].AnswerAsync(await _nodes[1].LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Completed, (await StateAsync(id)).State);
    }

    [Fact]
    public async Task Adaptive_UntrustedNode_TwoMustAgree()
    {
        var module = await Server.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 2, 40) with { Assurance = new TaskAssurance { Mode = "adaptive" } };
        var id = TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);

        Assert.True((await _nodes[1].AnswerAsync(await _nodes[1].LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Verifying, (await StateAsync(id)).State);
        Assert.True((await _nodes[2].AnswerAsync(await _nodes[2].LeaseAsync())).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2, 2), (task.State, task.Consensus!.Required, task.Consensus.Agreed));
        Assert.Equal(1, Server.Get<NodeRegistry>().Find(_nodes[1].Id)!.Confirmed);
    }

    [Fact]
    public async Task Adaptive_TrustedNodeLies_AuditFindsItAndTheDecisionStays()
    {
        await TrustAsync(_nodes[1]);
        var module = await Server.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 2, 40) with { Assurance = new TaskAssurance { Mode = "adaptive" } };
        // Some of these are audited; with ten confirmed results it is one in ten.
        var (id, audit) = (default(TaskId), default(LeaseOffer));
        for (var i = 0; audit is null; i++)
        {
            id = TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);
            Assert.True((await _nodes[1].AnswerAsync(await _nodes[1].LeaseAsync(), WrongCount)).Accepted);
            Assert.Equal(TaskStates.Completed, (await StateAsync(id)).State);
            audit = Server.Database.Read(AuditStore.Due).Contains(id) ? await _nodes[0].LeaseAsync() : null;
        }

        Assert.Equal(id.ToString(), audit.Task);
        Assert.True((await _nodes[0].AnswerAsync(audit)).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, "failed"), (task.State, task.Audit!.State));
        Assert.Equal(0, Server.Get<NodeRegistry>().Find(_nodes[1].Id)!.Confirmed);
        Assert.Equal(0.45, ReputationOf(_nodes[1]), 6);
        var ledger = await Server.Client.GetLedgerAsync(200, null, default);
        var entries = ledger.Items.Where(item => item.Task == id.ToString()).ToDictionary(item => item.Kind, item => item.Postings.Single(posting => posting.Account == $"node:{_nodes[1].Id}").Amount);
        Assert.Equal(0, entries["reward"] + entries["reversal"]);
        Assert.Equal((0, ledger.Items.Where(item => item.Kind == "reward" && item.Task != id.ToString()).Sum(item => item.Postings.Max(posting => posting.Amount))), (ledger.Sum, ledger.Paid));
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(node => node.Dispose());
        await Server.DisposeAsync();
    }

    private async Task TrustAsync(ActingNode node)
    {
        await Server.Database.WriteAsync(transaction => transaction.Execute("UPDATE nodes SET confirmed = 10 WHERE id = $id", ("$id", node.Id.Thumbprint.ToArray())));
        Server.Get<NodeRegistry>().Update(node.Id, live => live with { Confirmed = 10 });
    }

    private void Equip(ActingNode node, long memoryBytes)
    {
        var capabilities = Server.Get<NodeRegistry>().Find(_nodes[0].Id)!.Capabilities! with { MemoryBytes = memoryBytes };
        Server.Get<NodeRegistry>().Update(node.Id, live => live with { Capabilities = capabilities });
    }

    private async Task<TaskId> SubmitAsync(int replicas, int? quorum = null)
    {
        var module = await Server.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 2, 40) with { Assurance = new TaskAssurance { Mode = "quorum", Replicas = replicas, Quorum = quorum } };
        return TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);
    }

    private async Task<(string State, int Proofs)> StateAsync(TaskId id)
    {
        var task = await Server.Client.GetTaskAsync(id, null, default);
        return (task.State, task.Proofs.Count);
    }

    private double ReputationOf(ActingNode node) => Server.Get<NodeRegistry>().Find(node.Id)!.Reputation.Value;
}
