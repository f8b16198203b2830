using System.Net;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Auth;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Clocks;

/// <summary>A machine whose clock is ahead for a while, or that is paused: nothing is lost by it, and nobody pays.</summary>
public sealed class WrongClockTests
{
    private static readonly TimeSpan Far = TimeSpan.FromDays(500);

    private readonly WrongTime _time = new();

    [Fact]
    public async Task Sweep_ClockIsSet_NothingGoesUntilItIsBelieved()
    {
        await using var server = await StartAsync(("Retention:OutputHours", "24"));
        using var node = new ActingNode(server);
        var id = await SubmitAsync(server);
        Assert.True((await node.AnswerAsync(await node.LeaseAsync())).Accepted);

        _time.Ahead = Far;
        await server.Get<RetentionSweep>().SweepAsync(default);
        _time.Advance(TimeSpan.FromSeconds(70));
        _time.Ahead = TimeSpan.Zero;
        await server.Get<RetentionSweep>().SweepAsync(default);

        await server.Client.GetOutputRecordAsync(id, default);
        Assert.Contains("vcp_clock_trusted 0\n", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        _time.Advance(ClockTrust.Day);
        await server.Get<RetentionSweep>().SweepAsync(default);
        await Calls.RefusedAsync(HttpStatusCode.Gone, "output-expired", () => server.Client.GetOutputRecordAsync(id, default));
        Assert.Contains("vcp_clock_trusted 1\n", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trail_ClockIsSet_Stays()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(_time));
        await server.MakeAsync("early", "read");

        _time.Ahead = Far;

        // It flushes, and so would take away what is old.
        Assert.Equal(2, (await server.AuditAsync("key.created")).Count);
        Assert.Single(await server.AuditAsync("server.started"));
    }

    [Fact]
    public async Task Start_FarAhead_NothingGoesAlsoAfterTheNextStart()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(KeyCalls.Open(_time) with { Directory = directory.Path });
        _time.Ahead = Far;

        server = await server.RestartAsync();
        server = await server.RestartAsync();

        await using (server)
        {
            Assert.Equal(3, (await server.AuditAsync("server.started")).Count);
        }
    }

    [Fact]
    public async Task Submit_ClockIsSet_TheKeyIsRemembered()
    {
        await using var server = await StartAsync();
        var request = Calls.Function(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var first = await server.Client.SubmitTaskAsync(request, null, "one", default);

        _time.Ahead = TimeSpan.FromHours(25);
        var ahead = await server.Client.SubmitTaskAsync(request, null, "one", default);
        await server.Client.SubmitTaskAsync(request, null, "two", default);
        _time.Ahead = TimeSpan.Zero;
        var after = await server.Client.SubmitTaskAsync(request, null, "one", default);

        Assert.Equal((first.Id, first.Id), (ahead.Id, after.Id));
    }

    [Fact]
    public async Task Lease_ClockIsSetAndProcessPaused_ExpiresByTheTimeThatTheServerRan()
    {
        await using var server = await StartAsync();
        using var node = await ActingNode.JoinAsync(server, "ann");
        await SubmitAsync(server);
        Assert.Single((await server.Get<LeaseService>().PollAsync(node.Id, new LeasePoll(Guid.NewGuid(), 1), TimeSpan.Zero, default)).Leases);
        var leases = server.Get<LeaseTable>();

        _time.Ahead = TimeSpan.FromHours(2);
        _time.Pass(TimeSpan.FromSeconds(5));
        _time.Ahead = TimeSpan.Zero;
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Empty(leases.Expired(server.Get<ServerClock>().Uptime));
        Assert.Equal(0.5, server.Get<NodeRegistry>().Find(node.Id)!.Reputation.Value, 4);
        _time.Pass(TimeSpan.FromSeconds(24));
        await LogCalls.UntilAsync(() => leases.Count(node.Id) == 0, () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(0.45, server.Get<NodeRegistry>().Find(node.Id)!.Reputation.Value, 4);
    }

    [Fact]
    public async Task Presence_ClockIsSetAndProcessPaused_IsOfflineByTheTimeThatTheServerRan()
    {
        await using var server = await StartAsync();
        using var node = await ActingNode.JoinAsync(server, "ann");
        var clock = server.Get<ServerClock>();
        server.Get<Ailee.Vcp.Server.Telemetry.HeartbeatService>().Take(node.Id, new HeartbeatRequest { SentAt = _time.GetUtcNow() });

        _time.Ahead = TimeSpan.FromHours(2);
        Assert.Equal("online", State());
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("online", State());
        _time.Ahead = TimeSpan.Zero;
        _time.Pass(TimeSpan.FromSeconds(15));

        Assert.Equal("offline", State());

        string State() => server.Get<NodeRegistry>().Find(node.Id)!.State(clock.Now);
    }

    [Fact]
    public async Task Retry_StoredWhileTheClockWasAhead_WaitsNoLongerThanAnyOther()
    {
        await using var server = await StartAsync();
        var id = await SubmitAsync(server);
        await server.Database.WriteAsync(transaction => transaction.Execute("UPDATE tasks SET not_before_ms = $at", ("$at", _time.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds())));

        server.Get<TaskEffects>().Demand(id);

        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(90), server.Get<Dispatcher>().Explain(id)!.NotBefore);
    }

    [Fact]
    public async Task Expire_FaultWhileTheClockWasAhead_ExcusesNoOther()
    {
        await using var server = await StartAsync();
        using var node = await ActingNode.JoinAsync(server, "ann");
        await ExpireAsync(TimeSpan.FromHours(2));

        await ExpireAsync(TimeSpan.Zero);

        Assert.Equal(0.40, server.Get<NodeRegistry>().Find(node.Id)!.Reputation.Value, 3);

        async Task ExpireAsync(TimeSpan ahead)
        {
            await SubmitAsync(server);
            var lease = await node.LeaseAsync();
            _time.Ahead = ahead;
            await server.Get<TaskDecisions>().RetryAsync(TaskId.Parse(lease.Task), lease.Lease, AttemptStates.Expired, "expired", _time.GetUtcNow());
            _time.Ahead = TimeSpan.Zero;
            await server.Client.CancelTaskAsync(TaskId.Parse(lease.Task), default);
        }
    }

    private static async Task<TaskId> SubmitAsync(RunningServer server) =>
        await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);

    private Task<RunningServer> StartAsync(params (string Key, string Value)[] configuration) => RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Time = _time,
        Configuration = configuration.ToDictionary(pair => pair.Key, pair => pair.Value),
    });
}
