using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>Reports that come twice, too late, or in contradiction to another.</summary>
public sealed class LeaseEndTests : IAsyncLifetime
{
    private RunningServer? _server;
    private ActingNode? _node;

    private RunningServer Server => _server!;

    private ActingNode Node => _node!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        _node = new ActingNode(_server);
    }

    [Fact]
    public async Task Report_SameTwice_SameAnswerAndOneProof()
    {
        var id = await SubmitAsync();
        var report = await Node.ReportAsync(await Node.LeaseAsync());

        var receipts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Node.Gateway.ReportAsync(report, default)));
        var later = await Node.Gateway.ReportAsync(report, default);

        Assert.All(receipts.Append(later), receipt => Assert.Equal(new LeaseReceipt(true, null), receipt));
        Assert.Single((await Server.Client.ListProofsAsync(id.ToString(), null, null, null, null, default)).Items);
        var stats = await Server.Client.GetStatsAsync(default);
        Assert.Equal((1L, 1L, 0L), (stats.Tasks[TaskStates.Completed], stats.Proofs, stats.Tasks[TaskStates.Queued]));
    }

    [Fact]
    public async Task Report_OtherPayloadAfterTheFirst_Equivocation()
    {
        var id = await SubmitAsync();
        var lease = await Node.LeaseAsync();
        Assert.True((await Node.AnswerAsync(lease)).Accepted);
        var before = await Server.Client.GetTaskAsync(id, null, default);
        // Consistent in itself: an instruction more is a unit of gas more.
        var lie = new Lie { Payload = payload => payload with { Instructions = payload.Instructions + 1, Gas = payload.Gas + 1 } };

        var receipt = await Node.AnswerAsync(lease, lie);

        Assert.Equal(new LeaseReceipt(false, "equivocation"), receipt);
        var after = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal(before.Proofs, after.Proofs);
        Assert.Equal(before.Metrics, after.Metrics);
        Assert.Equal(["accepted"], after.Attempts.Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Retry_EndedButNotTold_ToldByTheNextTry()
    {
        var id = await SubmitAsync();
        var lease = await Node.LeaseAsync();
        var now = Server.Get<TimeProvider>().GetUtcNow();
        await Server.Get<TaskDecisions>().RetryAsync(id, lease.Lease, AttemptStates.Expired, "expired", now);
        // As if what the task needs could not be read then.
        Server.Get<Dispatcher>().Withdraw(id);

        await Server.Get<TaskDecisions>().RetryAsync(id, lease.Lease, AttemptStates.Expired, "expired", now);

        Assert.True((await Node.AnswerAsync(await Node.LeaseAsync())).Accepted);
        Assert.Equal(["expired", "accepted"], (await Server.Client.GetTaskAsync(id, null, default)).Attempts.Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Report_CancelledTask_LeaseEnded()
    {
        var id = await SubmitAsync();
        var lease = await Node.LeaseAsync();
        await Server.Client.CancelTaskAsync(id, default);

        var receipt = await Node.AnswerAsync(lease);

        Assert.Equal(new LeaseReceipt(false, "lease-ended"), receipt);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Cancelled, 0), (task.State, task.Proofs.Count));
        Assert.Equal(0, (await Server.Client.GetStatsAsync(default)).Proofs);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "task-not-decided", () => Server.Client.GetStdoutAsync(id, default));
    }

    [Fact]
    public async Task Report_ForALeaseThatEndedWhileAnotherRuns_TheOtherDecides()
    {
        var id = await SubmitAsync();
        var first = await Node.LeaseAsync();
        var honest = await Node.ReportAsync(first);
        Assert.False((await Node.Gateway.ReportAsync(honest with { Statement = new byte[] { 1 } }, default)).Accepted);
        var second = await Node.LeaseAsync();

        var late = await Node.Gateway.ReportAsync(honest, default);

        Assert.Equal(new LeaseReceipt(false, "lease-ended"), late);
        var running = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Running, 0), (running.State, running.Proofs.Count));
        Assert.True((await Node.AnswerAsync(second)).Accepted);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 1, "42"), (task.State, task.Proofs.Count, task.Result!.Results[0].Value.GetRawText()));
        Assert.Equal(["rejected", "accepted"], task.Attempts.Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Report_InconclusiveTwice_OneAttemptEnds()
    {
        var id = await SubmitAsync();
        var report = new LeaseReport { Lease = (await Node.LeaseAsync()).Lease, Inconclusive = "engine-fault", WallTime = TimeSpan.Zero };

        Assert.True((await Node.Gateway.ReportAsync(report, default)).Accepted);
        Assert.True((await Node.Gateway.ReportAsync(report, default)).Accepted);

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Queued, 1), (task.State, task.Attempts.Count));
        await Node.LeaseAsync();
    }

    [Fact]
    public async Task Report_RefusedTooOften_AttemptsExhausted()
    {
        var id = await SubmitAsync();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("well-formed", (await Node.AnswerAsync(await Node.LeaseAsync(), new Lie { Bytes = _ => [] })).Code);
        }

        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Failed, "attempts-exhausted"), (task.State, task.Failure!.Code));
        Assert.All(task.Attempts, attempt => Assert.Equal(("rejected", "well-formed"), (attempt.State, attempt.Reason)));
    }

    [Fact]
    public async Task Lease_CancelledTasks_GiveNone()
    {
        await Server.Client.CancelTaskAsync(await SubmitAsync(), default);
        var id = await SubmitAsync();

        var lease = await Node.LeaseAsync();

        Assert.Equal(id.ToString(), lease.Task);
    }

    [Fact]
    public async Task Revocations_CancelledTask_NamesTheLease()
    {
        var id = await SubmitAsync();
        var lease = await Node.LeaseAsync();

        await Server.Client.CancelTaskAsync(id, default);

        Assert.Equal([lease.Lease], await Node.Gateway.WaitRevocationsAsync(default));
    }

    public async ValueTask DisposeAsync()
    {
        Node.Dispose();
        await Server.DisposeAsync();
    }

    private async Task<TaskId> SubmitAsync() => await Server.Client.SubmitAsync(await Server.Client.UploadAsync(Guests.Math), "add", 2, 40);
}
