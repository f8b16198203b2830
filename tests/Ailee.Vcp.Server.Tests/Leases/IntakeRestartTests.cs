using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>What intake must still know after a restart: nonces, leases and counters.</summary>
public sealed class IntakeRestartTests
{
    [Fact]
    public async Task Report_AfterARestart_CountersAndNoncesAreKept()
    {
        using var directory = new TempDirectory();
        var server = await StartAsync(directory);
        var first = await SubmitAsync(server);
        using (var node = new ActingNode(server))
        {
            Assert.True((await node.AnswerAsync(await node.LeaseAsync(), new Lie { Counter = 9000 })).Accepted);
        }

        server = await server.RestartAsync();

        await using (server)
        {
            using var node = new ActingNode(server) { Counter = 9001 };
            await RefusedAsync(server, node, "counter-seen", new Lie { Counter = 9000 });
            await RefusedAsync(server, node, "counter-stale", new Lie { Counter = 9000 - 4096 });
            await RefusedAsync(server, node, "nonce-mismatch", new Lie { Payload = payload => payload with { Nonce = Nonce.Create() } });
            await RefusedAsync(server, node, "timestamp-stale", new Lie { IssuedAtSeconds = 0 });
            await RefusedAsync(server, node, "timestamp-future", new Lie { IssuedAtSeconds = long.MaxValue });
            Assert.Equal(TaskStates.Completed, (await server.Client.GetTaskAsync(first, null, default)).State);
            Assert.Equal(6, (await server.Client.GetStatsAsync(default)).Proofs);
        }
    }

    [Fact]
    public async Task Report_TheSameAgainAfterARestart_SameAnswerAndOneProof()
    {
        using var directory = new TempDirectory();
        var server = await StartAsync(directory);
        var id = await SubmitAsync(server);
        using var node = new ActingNode(server);
        var lease = await node.LeaseAsync();
        var report = await node.ReportAsync(lease);
        Assert.True((await node.Gateway.ReportAsync(report, default)).Accepted);

        server = await server.RestartAsync();

        await using (server)
        {
            using var restarted = new ActingNode(server) { Counter = 100 };
            Assert.True((await restarted.Gateway.ReportAsync(report, default)).Accepted);
            Assert.Equal("equivocation", (await restarted.AnswerAsync(lease, new Lie { Payload = payload => payload with { Instructions = payload.Instructions + 1, Gas = payload.Gas + 1 } })).Code);
            Assert.Single((await server.Client.ListProofsAsync(id.ToString(), null, null, null, null, default)).Items);
        }
    }

    [Fact]
    public async Task Report_OfALeaseFromBeforeTheRestart_LeaseEndedAndTheTaskRunsAgain()
    {
        using var directory = new TempDirectory();
        var server = await StartAsync(directory);
        var id = await SubmitAsync(server);
        using var node = new ActingNode(server);
        var old = await node.ReportAsync(await node.LeaseAsync());

        server = await server.RestartAsync();

        await using (server)
        {
            using var restarted = new ActingNode(server) { Counter = 100 };
            var lease = await restarted.LeaseAsync();
            Assert.Equal("lease-ended", (await restarted.Gateway.ReportAsync(old, default)).Code);
            Assert.Equal(TaskStates.Running, (await server.Client.GetTaskAsync(id, null, default)).State);
            Assert.True((await restarted.AnswerAsync(lease)).Accepted);
            var task = await server.Client.GetTaskAsync(id, null, default);
            Assert.Equal([("lost", "restart"), ("accepted", null)], task.Attempts.Select(attempt => (attempt.State, attempt.Reason)));
        }
    }

    [Theory]
    [InlineData(9, TaskStates.Queued)]
    [InlineData(10, TaskStates.Failed)]
    public async Task Restart_LeaseLostAgainAndAgain_TenCountAsOneAttempt(int restarts, string state)
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Directory = directory.Path, Configuration = { ["Tasks:MaxAttempts"] = "1" } });
        var id = await SubmitAsync(server);

        for (var i = 0; i < restarts; i++)
        {
            using var node = new ActingNode(server);
            await node.LeaseAsync();
            server = await server.RestartAsync();
        }

        await using (server)
        {
            var task = await server.Client.GetTaskAsync(id, null, default);
            Assert.Equal((state, restarts), (task.State, task.Attempts.Count));
        }
    }

    [Fact]
    public async Task Restart_WithFewerAttemptsThanATaskHad_ItsNextVoteStillDecidesIt()
    {
        using var directory = new TempDirectory();
        var id = default(TaskId);
        await using (var server = await StartAsync(directory))
        {
            var module = await server.Client.UploadAsync(Guests.Math);
            var request = Calls.Function(module, "add", 2, 40) with { Assurance = new TaskAssurance { Mode = "quorum", Replicas = 1 } };
            id = TaskId.Parse((await server.Client.SubmitTaskAsync(request, null, null, default)).Id);
            using var node = new ActingNode(server);
            Assert.False((await node.AnswerAsync(await node.LeaseAsync(), new Lie { Payload = payload => payload with { Nonce = Nonce.Create() } })).Accepted);
        }

        await using var stricter = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Directory = directory.Path, Configuration = { ["Tasks:MaxAttempts"] = "1" } });
        using var again = new ActingNode(stricter) { Counter = 100 };

        Assert.True((await again.AnswerAsync(await again.LeaseAsync())).Accepted);
        var task = await stricter.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Completed, 2), (task.State, task.Attempts.Count));
        Assert.NotNull(task.Consensus!.Certificate);
    }

    private static Task<RunningServer> StartAsync(TempDirectory directory) =>
        RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Directory = directory.Path });

    private static async Task<TaskId> SubmitAsync(RunningServer server) => await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 2, 40);

    private static async Task RefusedAsync(RunningServer server, ActingNode node, string code, Lie lie)
    {
        var id = await SubmitAsync(server);
        Assert.Equal(code, (await node.AnswerAsync(await node.LeaseAsync(), lie)).Code);
        Assert.Empty((await server.Client.GetTaskAsync(id, null, default)).Proofs);
        Assert.True((await node.AnswerAsync(await node.LeaseAsync())).Accepted);
    }
}
