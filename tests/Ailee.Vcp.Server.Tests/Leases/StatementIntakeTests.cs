using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>What a node may say of a lease. Each lie is refused by name, and the honest answer after it counts.</summary>
public sealed class StatementIntakeTests : IAsyncLifetime
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
    public async Task Report_Honest_AcceptedAndStored()
    {
        var (id, lease) = await LeaseAsync();
        var report = await Node.ReportAsync(lease);

        var receipt = await Node.Gateway.ReportAsync(report, default);

        Assert.Equal(new LeaseReceipt(true, null), receipt);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal(TaskStates.Completed, task.State);
        Assert.Equal(report.Statement!.Value.ToArray(), await Server.Client.GetBareStatementAsync(Digest.Parse(Assert.Single(task.Proofs).Id)));
    }

    [Fact]
    public async Task Report_WrongNonce_Refused() => await RefusedAsync("nonce-mismatch", new Lie { Payload = payload => payload with { Nonce = Nonce.Create() } });

    [Fact]
    public async Task Report_OtherTask_Refused() => await RefusedAsync("task-mismatch", new Lie { Payload = payload => payload with { Task = TaskId.Create(DateTimeOffset.UnixEpoch) } });

    [Fact]
    public async Task Report_OtherModule_Refused() => await RefusedAsync("module-mismatch", new Lie { Payload = payload => payload with { Module = Digest.Of("other"u8) } });

    [Fact]
    public async Task Report_OtherEntrypoint_Refused() => await RefusedAsync("entrypoint-mismatch", new Lie { Payload = payload => payload with { Entrypoint = "nothing" } });

    [Fact]
    public async Task Report_OtherProfile_Refused() => await RefusedAsync("profile-mismatch", new Lie { Payload = payload => payload with { Profile = Digest.Of("other"u8) } });

    [Fact]
    public async Task Report_OtherInput_Refused() => await RefusedAsync("input", new Lie { Payload = payload => payload with { Input = Digest.Of("other"u8) } });

    [Fact]
    public async Task Report_OtherOutputDigest_Refused() => await RefusedAsync("output", new Lie { Payload = payload => payload with { Output = Digest.Of("other"u8) } });

    [Fact]
    public async Task Report_OtherOutcome_Refused() =>
        await RefusedAsync("output", new Lie { Payload = payload => payload with { Outcome = Outcome.Trapped, ExitCode = StatementPayload.NoExit } });

    [Fact]
    public async Task Report_MoreGas_Refused() => await RefusedAsync("gas", new Lie { Payload = payload => payload with { Gas = payload.Gas + 1 } });

    [Fact]
    public async Task Report_OtherMemory_Refused() => await RefusedAsync("gas", new Lie { Payload = payload => payload with { MemoryPages = payload.MemoryPages + 1 } });

    [Fact]
    public async Task Report_ForeignKey_Refused()
    {
        using var foreign = SigningKey.Create();

        await RefusedAsync("key", new Lie { Key = foreign });
    }

    [Fact]
    public async Task Report_BrokenSignature_Refused() => await RefusedAsync("signature", new Lie { Bytes = bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)] });

    [Fact]
    public async Task Report_Truncated_Refused() => await RefusedAsync("well-formed", new Lie { Bytes = bytes => bytes[..^1] });

    [Fact]
    public async Task Report_TrailingBytes_Refused() => await RefusedAsync("trailing-bytes", new Lie { Bytes = bytes => [.. bytes, 0] });

    [Fact]
    public async Task Report_NoBytes_Refused() => await RefusedAsync("well-formed", new Lie { Bytes = _ => [] });

    [Fact]
    public async Task Report_OutputBytesThatDoNotMatch_Refused()
    {
        await RefusedAsync("output", change: report => report with { Output = new OutputRecord { Trap = "unreachable" }.Encode() });
        await RefusedAsync("output", change: report => report with { Stdout = "forged"u8.ToArray() });
        await RefusedAsync("output", change: report => report with { Stderr = "forged"u8.ToArray() });
    }

    [Fact]
    public async Task Report_CounterSeen_Refused()
    {
        Assert.True((await Node.AnswerAsync((await LeaseAsync()).Lease, new Lie { Counter = 7 })).Accepted);
        Node.Counter = 8;

        await RefusedAsync("counter-seen", new Lie { Counter = 7 });
    }

    [Fact]
    public async Task Report_CounterBehindTheWindow_Refused()
    {
        Assert.True((await Node.AnswerAsync((await LeaseAsync()).Lease, new Lie { Counter = 10_000 })).Accepted);
        Node.Counter = 10_001;

        await RefusedAsync("counter-stale", new Lie { Counter = 10_000 - 4096 });

        // The honest answer after it was 10 001, so this is the oldest counter that the window still holds.
        Assert.True((await Node.AnswerAsync((await LeaseAsync()).Lease, new Lie { Counter = 10_001 - 4095 })).Accepted);
        await RefusedAsync("counter-seen", new Lie { Counter = 10_001 - 4095 });
    }

    [Fact]
    public async Task Report_WithAReceipt_Refused()
    {
        using var log = SigningKey.Create();
        byte[] WithReceipt(byte[] bytes)
        {
            var receipt = Core.Log.Receipt.Sign(log, "other.example/log", SignedStatement.TryDecode(bytes, out _)!.Header.Subject, new Core.Merkle.InclusionProof(0, 1, []), Core.Log.LogEntry.LeafHash(Digest.Of(bytes)));
            return new TransparentStatement(bytes, [receipt.Bytes]).Encode();
        }

        await RefusedAsync("structure", new Lie { Bytes = WithReceipt });
    }

    [Fact]
    public async Task Report_StatementOfTheOrchestratorsKind_Refused()
    {
        var enrolment = new OrchestratorPayload.Enrolment(Node.Key.PublicKey, "operator", "built-in");

        // The lease's invocation is no evidence about an enrolment.
        await RefusedAsync("input", new Lie { Bytes = _ => OrchestratorStatement.Sign(Node.Key, enrolment, 1_893_456_000, 1).Bytes.ToArray() });
    }

    [Fact]
    public async Task Report_TheSameManyTimesAtOnce_OneProofAndOneEntry()
    {
        var (id, lease) = await LeaseAsync();
        var report = await Node.ReportAsync(lease);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Node.Gateway.ReportAsync(report, default))));

        Assert.All(receipts, receipt => Assert.Equal(new LeaseReceipt(true, null), receipt));
        var proof = Assert.Single((await Server.Client.ListProofsAsync(id.ToString(), null, null, null, null, default)).Items);
        Assert.Single(Server.Entries(), entry => entry.ToString() == proof.Id);
    }

    [Fact]
    public async Task Report_UnknownLease_Refused()
    {
        var (_, lease) = await LeaseAsync();
        var report = await Node.ReportAsync(lease);

        var receipt = await Node.Gateway.ReportAsync(report with { Lease = Guid.NewGuid() }, default);

        Assert.Equal(new LeaseReceipt(false, "lease-unknown"), receipt);
        Assert.True((await Node.Gateway.ReportAsync(report, default)).Accepted);
    }

    public async ValueTask DisposeAsync()
    {
        Node.Dispose();
        await Server.DisposeAsync();
    }

    private async Task<(TaskId Id, LeaseOffer Lease)> LeaseAsync()
    {
        var id = await Server.Client.SubmitAsync(await Server.Client.UploadAsync(Guests.Math), "add", 2, 40);
        var lease = await Node.LeaseAsync();
        Assert.Equal(id.ToString(), lease.Task);
        return (id, lease);
    }

    private async Task RefusedAsync(string code, Lie? lie = null, Func<LeaseReport, LeaseReport>? change = null)
    {
        var (id, lease) = await LeaseAsync();
        var report = await Node.ReportAsync(lease, lie);
        report = change?.Invoke(report) ?? report;

        var first = await Node.Gateway.ReportAsync(report, default);
        var again = await Node.Gateway.ReportAsync(report, default);

        Assert.Equal(new LeaseReceipt(false, code), first);
        Assert.Equal(first, again);
        var task = await Server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Queued, 0), (task.State, task.Proofs.Count));
        Assert.Equal([("rejected", code)], task.Attempts.Select(attempt => (attempt.State, attempt.Reason!)));
        Assert.True((await Node.AnswerAsync(await Node.LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Completed, (await Server.Client.GetTaskAsync(id, null, default)).State);
    }
}
