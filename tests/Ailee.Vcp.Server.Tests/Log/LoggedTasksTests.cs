using System.Net;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>What the work of tasks puts into the log, and what proofs show of it.</summary>
public sealed class LoggedTasksTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Start_New_GenesisAndEnrolmentComeFirst()
    {
        var genesis = await StatementAtAsync(0);
        var enrolment = await StatementAtAsync(1);

        var key = await fixture.Client.GetLogKeyAsync(default);
        var begun = Assert.IsType<OrchestratorPayload.Genesis>(OrchestratorStatement.TryDecode(genesis.File!.Statement, out _)!.Payload);
        Assert.Equal((key.Name, key.Key), (begun.Origin, begun.LogKey));
        var node = Assert.Single((await fixture.Client.ListNodesAsync(default)).Items);
        var enrolled = Assert.IsType<OrchestratorPayload.Enrolment>(OrchestratorStatement.TryDecode(enrolment.File!.Statement, out _)!.Payload);
        Assert.Equal((node.PublicKey, node.Owner, node.Name), (enrolled.Node.ToString(), enrolled.Owner, enrolled.Name));
        Assert.Equal(genesis.Orchestrator!.Header.Key, enrolment.Orchestrator!.Header.Key);
        Assert.NotEqual(key.Key, genesis.Orchestrator.Header.Key);
    }

    [Fact]
    public async Task Proof_OfATask_HasAReceiptAndItsPlace()
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var id = Digest.Parse(task.Proofs[0].Id);

        var report = await VerifyAsync(id);

        var receipt = Assert.Single(report.Receipts);
        Assert.Equal(task.Id, report.Statement!.Payload.Task.ToString());
        var view = await fixture.Client.GetProofAsync(id, default);
        Assert.Equal((receipt.Origin, receipt.Proof.Index), (view.Log!.Origin, view.Log.Index));
        Assert.True(view.Log.Size >= receipt.Proof.Size);
        Assert.Equal(id.ToString(), (await fixture.Client.GetEntryAsync(receipt.Proof.Index, null, default)).Digest);
        var root = MerkleTree.Root(fixture.Server.Leaves(receipt.Proof.Size));
        Assert.Equal(root, receipt.RootFor(id));
    }

    [Fact]
    public async Task Quorum_OfOne_HasACertificateThatVerifies()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var task = await fixture.Client.RunAsync(Calls.Function(module, "add", 3, 4) with { Assurance = new TaskAssurance { Mode = "quorum", Replicas = 1 } });

        Assert.Equal((1, 1), (task.Consensus!.Required, task.Consensus.Agreed));
        var id = Digest.Parse(task.Consensus.Certificate!);
        var report = await VerifyAsync(id);
        var certificate = Assert.IsType<OrchestratorPayload.Certificate>(report.Orchestrator!.Payload);
        Assert.Equal((task.Id, task.Proofs[0].Id), (certificate.Task.ToString(), Assert.Single(certificate.Votes).Statement.ToString()));
        Assert.Equal("certificate", (await fixture.Client.GetProofAsync(id, default)).Kind);
        var evidence = new Evidence { LogKey = await fixture.Client.GetLogKeyAsync(default), Certificate = await fixture.Client.GetTransparentStatementAsync(id, Calls.LongWait, default) };
        var vote = await fixture.Client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), Calls.LongWait, default);
        AssertValid(StatementVerifier.Verify(vote, evidence));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task Quorum_OfMoreOwnersThanThereAre_Refused(int? replicas)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var request = Calls.Function(module, "add", 3, 4) with { Assurance = new TaskAssurance { Mode = "quorum", Replicas = replicas } };

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "not-enough-owners", () => fixture.Client.SubmitTaskAsync(request, null, null, default));
    }

    [Fact]
    public async Task Repeat_Divergence_IsReportedInTheLog()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2) with { Assurance = new TaskAssurance { Mode = "repeat" } };
        var task = TaskId.Parse((await server.Client.SubmitTaskAsync(request, null, null, default)).Id);
        var output = Digest.Of("o"u8).ToString();
        var runs = new[] { "a", "b" }.Select((trace, index) => new DivergentRun(index + 1, "completed", 0, output, 7, Digest.Of(System.Text.Encoding.UTF8.GetBytes(trace)).ToString()));
        var divergence = new TaskDivergence([.. runs], "moved", 1, 0, null, null);

        Assert.True((await node.Gateway.ReportAsync(new LeaseReport { Lease = (await node.LeaseAsync()).Lease, Divergence = divergence, WallTime = TimeSpan.Zero }, default)).Accepted);

        await server.AppendAsync(1);
        var entry = Assert.Single((await server.Client.FindEntriesAsync(new LogEntryQuery { Task = task.ToString() }, default)).Items);
        Assert.Equal("divergence", entry.Kind);
        var file = await server.Client.GetTransparentStatementAsync(Digest.Parse(entry.Digest), Calls.LongWait, default);
        var report = StatementVerifier.Verify(file, new Evidence { LogKey = await server.Client.GetLogKeyAsync(default) });
        AssertValid(report);
        Assert.Equal(2, Assert.IsType<OrchestratorPayload.Divergence>(report.Orchestrator!.Payload).Claims.Count);
    }

    [Fact]
    public async Task Repeat_DivergenceOfMoreBytesThanAReportHolds_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2) with { Assurance = new TaskAssurance { Mode = "repeat" } };
        await server.Client.SubmitTaskAsync(request, null, null, default);
        var digest = Digest.Of("o"u8).ToString();
        DivergentRun[] runs = [new(1, "completed", 0, digest, 7, digest), new(2, "completed", 0, digest, 8, digest)];
        // As many characters as a text may have bytes.
        var divergence = new TaskDivergence(runs, new string('\u00e9', OrchestratorPayload.MaxTextBytes), 1, 0, null, null);

        var receipt = await node.Gateway.ReportAsync(new LeaseReport { Lease = (await node.LeaseAsync()).Lease, Divergence = divergence, WallTime = TimeSpan.Zero }, default);

        Assert.Equal((false, "divergence-malformed"), (receipt.Accepted, receipt.Code));
    }

    [Fact]
    public async Task Decisions_Concurrent_EachIsInTheLogOnce()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(77));
        var tasks = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => fixture.Client.RunAsync(module, "run")));

        var reports = await Task.WhenAll(tasks.Select(task => VerifyAsync(Digest.Parse(task.Proofs[0].Id))));

        Assert.Equal(100, reports.Select(report => report.Receipts[0].Proof.Index).Distinct().Count());
        var entries = fixture.Server.Entries();
        Assert.Equal(entries.Count, entries.Distinct().Count());
        var checkpoint = await fixture.Server.CheckpointAsync();
        Assert.Equal(MerkleTree.Root(fixture.Server.Leaves(checkpoint.Size)), checkpoint.Root);
    }

    [Fact]
    public async Task Proof_NotIntegrated_SaysSoUntilItIs()
    {
        var time = new HeldTime();
        await using var server = await time.StartAsync(time.Setup);
        var task = await server.Client.RunAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var id = Digest.Parse(task.Proofs[0].Id);

        using (var refused = await server.Http.GetAsync($"api/v1/proofs/{id}", ("Accept", "application/scitt-statement+cose")))
        {
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
            await refused.ProblemAsync("proof-not-integrated");
        }

        Assert.Null((await server.Client.GetProofAsync(id, default)).Log);
        var waiting = server.Client.GetTransparentStatementAsync(id, Calls.LongWait, default);
        time.Release();
        AssertValid(StatementVerifier.Verify(await waiting, new Evidence { LogKey = await server.Client.GetLogKeyAsync(default) }));
        Assert.NotNull((await server.Client.GetProofAsync(id, default)).Log);
    }

    private static void AssertValid(VerificationReport report) => Assert.True(report.Valid, report.FirstFailure?.ToString());

    private async Task<VerificationReport> StatementAtAsync(long index) => await VerifyAsync(Digest.Parse((await fixture.Client.GetEntryAsync(index, null, default)).Digest));

    private async Task<VerificationReport> VerifyAsync(Digest id)
    {
        var file = await fixture.Client.GetTransparentStatementAsync(id, Calls.LongWait, default);
        var report = StatementVerifier.Verify(file, new Evidence { LogKey = await fixture.Client.GetLogKeyAsync(default) });
        AssertValid(report);
        return report;
    }
}
