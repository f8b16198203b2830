using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Nodes;

public sealed class NodeSessionTests
{
    private readonly WrongTime _time = new();

    [Fact]
    public async Task Start_EnrolledNode_SessionOfAnHour()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);

        var session = await node.StartAsync();

        Assert.Equal((_time.GetUtcNow().AddHours(1), _time.GetUtcNow(), 5000, 30000), (session.ExpiresAt, session.ServerTime, session.HeartbeatMs, session.LeaseTtlMs));
        Assert.Equal(node.Id, server.Get<NodeSessions>().Identify(session.Token));
        var note = SignedNote.TryParse(System.Text.Encoding.UTF8.GetBytes(session.Checkpoint))!;
        Assert.True((await server.Client.GetLogKeyAsync(default)).Verifies(note));
        var view = await server.Client.GetNodeAsync(node.Id, default);
        Assert.Equal(("online", _time.GetUtcNow()), (view.State, view.SeenAt));
        _time.Pass(TimeSpan.FromSeconds(15));
        Assert.Equal("online", (await server.Client.GetNodeAsync(node.Id, default)).State);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("offline", (await server.Client.GetNodeAsync(node.Id, default)).State);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(server.Get<NodeSessions>().Identify(session.Token));
    }

    [Fact]
    public async Task Start_RequestReplayed_Refused()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var request = await node.SessionAsync();
        using var first = await node.StartAsync(request);
        var session = await JoiningNode.ReadAsync(first, VcpJson.Default.SessionView);

        await node.StartAsync(request).ProblemAsync("challenge-expired");

        Assert.Equal(node.Id, server.Get<NodeSessions>().Identify(session.Token));
    }

    [Fact]
    public async Task Start_Twice_FirstEndsAndIsToldOnce()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var first = await node.StartAsync();

        var second = await node.StartAsync();
        var third = await node.StartAsync();

        var sessions = server.Get<NodeSessions>();
        Assert.Equal((null, null, node.Id), (sessions.Identify(first.Token), sessions.Identify(second.Token), sessions.Identify(third.Token)));
        var happened = Assert.Single((await server.Client.ListNodeEventsAsync(node.Id, null, null, default)).Items);
        Assert.Equal(("duplicate-agent", 0, 0.5), (happened.Kind, happened.Delta, happened.Reputation));
        Assert.Contains("vcp_node_duplicate_agents_total 2", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(3700)]
    public async Task Start_AfterSilenceOrTheEnd_IsNoDuplicate(int seconds)
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        await node.StartAsync();
        _time.Pass(TimeSpan.FromSeconds(seconds));

        await node.StartAsync();

        Assert.Empty((await server.Client.ListNodeEventsAsync(node.Id, null, null, default)).Items);
    }

    [Fact]
    public async Task Start_RenewedInTheLastTenth_IsNoDuplicate()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        await node.StartAsync();
        _time.Advance(TimeSpan.FromMinutes(54));
        server.Get<NodeRegistry>().Update(node.Id, live => live with { HeardAt = server.Get<ServerClock>().Uptime });

        await node.StartAsync();

        Assert.Empty((await server.Client.ListNodeEventsAsync(node.Id, null, null, default)).Items);
    }

    [Fact]
    public async Task Start_ManyWithOneChallenge_ExactlyOneWins()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var request = await node.SessionAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.StartAsync(request)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        foreach (var refused in responses.Where(response => response.StatusCode != HttpStatusCode.OK))
        {
            await refused.ProblemAsync("challenge-expired");
        }
    }

    [Fact]
    public async Task Start_ChallengeOfBeforeTheEnrolment_Refused()
    {
        await using var server = await StartAsync();
        using var node = new JoiningNode(server.Url);
        var early = await node.SessionAsync();
        using var enrolled = await node.EnrolAsync(await JoiningNode.TokenAsync(server));

        await node.StartAsync(early).ProblemAsync("challenge-expired");
    }

    [Fact]
    public async Task Start_WrongProofOrNode_Refused()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        using var other = await JoiningNode.EnrolledAsync(server);
        using var stranger = new JoiningNode(server.Url);
        using var builtIn = new JoiningNode(server.Url) { Key = SigningKey.FromSeed(server.Get<SigningKey>().ExportSeed()) };
        var request = await node.SessionAsync();

        await node.StartAsync(request with { Signature = (await other.SessionAsync()).Signature }).ProblemAsync("node-proof-invalid");
        await node.StartAsync(await other.SessionAsync()).ProblemAsync("challenge-expired");
        await node.StartAsync(request with { Capabilities = JoiningNode.Able with { Slots = 0 } }).ProblemAsync("node-invalid");
        await stranger.StartAsync(await stranger.SessionAsync()).ProblemAsync("node-not-found");
        await builtIn.StartAsync(await builtIn.SessionAsync()).ProblemAsync("node-built-in");
        _time.Advance(TimeSpan.FromSeconds(61));
        await node.StartAsync(request).ProblemAsync("challenge-expired");
        Assert.Contains("vcp_node_refusals_total{code=\"challenge-expired\"} 2", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OtherEngine_Incompatible()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var request = await node.SessionAsync();

        using var started = await node.StartAsync(request with { Capabilities = JoiningNode.Able with { Profile = Digest.Of("other"u8).ToString() } });

        Assert.Equal(HttpStatusCode.OK, started.StatusCode);
        Assert.Equal("incompatible", (await server.Client.GetNodeAsync(node.Id, default)).State);
    }

    [Fact]
    public async Task Restart_Server_SessionsGoOnAndChallengesDoNot()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = _time, Directory = directory.Path });
        using var node = await JoiningNode.EnrolledAsync(server);
        using var other = await JoiningNode.EnrolledAsync(server);
        var session = await node.StartAsync();
        var pending = await node.SessionAsync();

        server = await server.RestartAsync();

        await using (server)
        {
            Assert.Equal(node.Id, server.Get<NodeSessions>().Identify(session.Token));
            Assert.Equal("online", (await server.Client.GetNodeAsync(node.Id, default)).State);
            using var after = new JoiningNode(server.Url) { Key = SigningKey.FromSeed(node.Key.ExportSeed()) };
            await after.StartAsync(pending).ProblemAsync("challenge-expired");
            Assert.Equal(node.Id, server.Get<NodeSessions>().Identify((await after.StartAsync()).Token));
            Assert.Null(server.Get<NodeSessions>().Identify(session.Token));
        }
    }

    [Fact]
    public async Task Start_WithACheckpoint_OfThisLogOnly()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var seen = (await node.StartAsync()).Checkpoint;

        using var started = await node.StartAsync(await node.SessionAsync() with { Checkpoint = seen });
        await node.StartAsync(await node.SessionAsync() with { Checkpoint = "no note" }).ProblemAsync("checkpoint-invalid");

        Assert.Equal(HttpStatusCode.OK, started.StatusCode);
        Assert.Null(server.Get<PublishedLog>().Tree.ReadOnly);
    }

    [Fact]
    public async Task Start_WithACheckpointOfALargerLog_LogIsReadOnly()
    {
        await using var server = await StartAsync();
        using var node = await JoiningNode.EnrolledAsync(server);
        var keys = server.Get<LogKeys>();
        var larger = LogIntegrator.Sign(keys, new Checkpoint(keys.Origin, 1000, Digest.Of("later"u8)));

        await node.StartAsync(await node.SessionAsync() with { Checkpoint = System.Text.Encoding.UTF8.GetString(larger) }).ProblemAsync("log-behind");

        Assert.NotNull(server.Get<PublishedLog>().Tree.ReadOnly);
        await node.EnrolAsync(await JoiningNode.TokenAsync(server)).ProblemAsync("node-enrolled");
        using var late = new JoiningNode(server.Url);
        await late.EnrolAsync(await JoiningNode.TokenAsync(server)).ProblemAsync("log-read-only");
        Assert.Null(server.Get<NodeRegistry>().Find(late.Id));
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = _time });
}
