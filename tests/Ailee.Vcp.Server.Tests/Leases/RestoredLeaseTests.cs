using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>A server that starts on a backup, while a node has leases that it was given before and after that was taken.</summary>
public sealed class RestoredLeaseTests : IDisposable
{
    private readonly TempDirectory _original = new();
    private readonly TempDirectory _restored = new();

    [Fact]
    public async Task Report_OfALeaseThatTheBackupKnows_CountsAndIsPaidOnce()
    {
        await using var original = await RunningServer.StartAsync(Setup(_original));
        using var node = await ActingNode.JoinAsync(original, "alice");
        var id = await original.Client.SubmitAsync(await original.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var report = await node.ReportAsync(await node.LeaseAsync());
        BackUp();
        // What the original says of it is gone.
        Assert.True((await node.Gateway.ReportAsync(report, default)).Accepted);
        await using var restored = await RunningServer.StartAsync(Setup(_restored));
        using var again = new ActingNode(restored, node);

        var first = await again.Gateway.ReportAsync(report, default);
        var second = await again.Gateway.ReportAsync(report, default);

        Assert.Equal((true, true), (first.Accepted, second.Accepted));
        var task = await restored.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 1, 1), (task.State, task.Proofs.Count, task.Attempts.Count));
        Assert.Equal(1, Count(restored, LedgerKinds.Reward));
        Assert.Equal((await original.Client.GetTaskAsync(id, null, default)).Proofs[0].Id, task.Proofs[0].Id);
    }

    [Fact]
    public async Task Report_OfALeaseThatIsUnknown_RefusedAndNoFaultOfTheNode()
    {
        await using var original = await RunningServer.StartAsync(Setup(_original));
        using var node = await ActingNode.JoinAsync(original, "alice");
        var module = await original.Client.UploadAsync(Guests.Math);
        BackUp();
        var id = await original.Client.SubmitAsync(module, "add", 1, 2);
        var report = await node.ReportAsync(await node.LeaseAsync());
        await using var restored = await RunningServer.StartAsync(Setup(_restored));
        using var again = new ActingNode(restored, node);

        var receipt = await again.Gateway.ReportAsync(report, default);

        Assert.Equal((false, "lease-unknown"), (receipt.Accepted, receipt.Code));
        Assert.Equal((0, 0), (Count(restored, LedgerKinds.Reward), Count(restored, LedgerKinds.Penalty)));
        Assert.DoesNotContain(restored.Database.Read(transaction => transaction.Query("SELECT delta FROM node_events", row => row.Double(0))), delta => delta < 0);
        await Calls.RefusedAsync(System.Net.HttpStatusCode.NotFound, "task-not-found", () => restored.Client.GetTaskAsync(id, null, default));
        // It works on.
        var next = await restored.Client.SubmitAsync(module, "add", 1, 2);
        restored.Get<Ailee.Vcp.Server.Nodes.NodeRegistry>().Update(again.Id, known => known with { HeardAt = TimeSpan.MaxValue });
        Assert.True((await again.AnswerAsync(await again.LeaseAsync())).Accepted);
        Assert.Equal(TaskStates.Completed, (await restored.Client.GetTaskAsync(next, null, default)).State);
    }

    public void Dispose()
    {
        _original.Dispose();
        _restored.Dispose();
    }

    private static ServerSetup Setup(TempDirectory directory) => new() { NodeWorks = false, Directory = directory.Path, Configuration = new() { ["Tasks:AuditRate"] = "0", ["Ledger:PricePerMegaGas"] = "1000000" } };

    private static long Count(RunningServer server, string kind) =>
        server.Database.Read(transaction => transaction.QueryFirst("SELECT COUNT(*) FROM ledger_transactions WHERE kind = $kind", row => row.Int64(0), ("$kind", kind)));

    // As the command line does it.
    private void BackUp()
    {
        using (var session = new SqliteSession(_original.File("vcp.db")))
        {
            session.Execute($"VACUUM INTO '{_restored.File("vcp.db")}'");
        }

        foreach (var key in Directory.GetFiles(_original.Path, "*.key"))
        {
            File.Copy(key, _restored.File(Path.GetFileName(key)));
        }

        using var copy = new SqliteSession(_restored.File("vcp.db"));
        copy.Execute("CREATE TABLE backup_mark (taken_ms INTEGER NOT NULL, same_log INTEGER NOT NULL) STRICT; INSERT INTO backup_mark VALUES (0, 0)");
    }
}
