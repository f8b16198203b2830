using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Nodes;

public sealed class NodeStandingTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    private RunningServer Server => fixture.Server;

    private VcpClient Client => fixture.Client;

    [Fact]
    public async Task Drain_ThenRelease_NothingIsLogged()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        await node.StartAsync();

        Assert.Equal("draining", (await Client.DrainNodeAsync(node.Id, default)).State);
        Assert.Equal("draining", (await Client.DrainNodeAsync(node.Id, default)).State);
        Assert.Equal("online", (await Client.ReleaseNodeAsync(node.Id, default)).State);
        Assert.Equal("online", (await Client.ReleaseNodeAsync(node.Id, default)).State);

        Assert.Equal(["released", "drained"], await EventsAsync(node.Id));
        Assert.Equal(["enrolment"], await KindsAsync(node.Id));
    }

    [Fact]
    public async Task Quarantine_ThenRelease_EachLoggedOnce()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        var session = await node.StartAsync();

        var first = await Client.QuarantineNodeAsync(node.Id, "it lies", default);
        var again = await Client.QuarantineNodeAsync(node.Id, "another reason", default);
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-quarantined", () => Client.DrainNodeAsync(node.Id, default));
        using var key = SigningKey.Create();
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-quarantined", () => Client.RotateNodeAsync(node.Id, key.PublicKey, default));
        Assert.Equal(node.Id, Server.Get<NodeSessions>().Identify(session.Token));
        var released = await Client.ReleaseNodeAsync(node.Id, default);

        Assert.Equal(("quarantined", "it lies"), (first.State, first.StandingReason));
        Assert.Equal((first.State, first.StandingReason), (again.State, again.StandingReason));
        Assert.Equal(("online", null), (released.State, released.StandingReason));
        Assert.Equal(["released", "quarantined"], await EventsAsync(node.Id));
        Assert.Equal(["release", "quarantine", "enrolment"], await KindsAsync(node.Id));
    }

    [Fact]
    public async Task Remove_Twice_LoggedOnceAndItsSessionEnds()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        var session = await node.StartAsync();
        var pending = await node.SessionAsync();

        var removed = await Client.RemoveNodeAsync(node.Id, "sold", default);
        var again = await Client.RemoveNodeAsync(node.Id, null, default);

        Assert.Equal(("removed", "sold"), (removed.State, removed.StandingReason));
        Assert.Equal(("removed", "sold"), (again.State, again.StandingReason));
        Assert.Null(Server.Get<NodeSessions>().Identify(session.Token));
        await node.StartAsync(pending).ProblemAsync("node-removed");
        await node.StartAsync(await node.SessionAsync()).ProblemAsync("node-removed");
        await node.EnrolAsync(await JoiningNode.TokenAsync(Server)).ProblemAsync("node-enrolled");
        foreach (var call in new Func<Task>[] { () => Client.DrainNodeAsync(node.Id, default), () => Client.ReleaseNodeAsync(node.Id, default), () => Client.QuarantineNodeAsync(node.Id, "r", default) })
        {
            await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-removed", call);
        }

        Assert.Equal(["revocation", "enrolment"], await KindsAsync(node.Id));
    }

    [Fact]
    public async Task Rotate_Twice_NewNodeGoesOnAndOldOneIsRemoved()
    {
        using var node = await JoiningNode.EnrolledAsync(Server, "dora", "hall");
        var session = await node.StartAsync();
        using var successor = new JoiningNode(Server.Url);

        var rotated = await Client.RotateNodeAsync(node.Id, successor.Key.PublicKey, default);
        var again = await Client.RotateNodeAsync(node.Id, successor.Key.PublicKey, default);

        Assert.Equal((successor.Id.ToString(), "dora", "hall", "offline"), (rotated.Id, rotated.Owner, rotated.Name, rotated.State));
        Assert.Equal((rotated.Id, rotated.EnrolledAt), (again.Id, again.EnrolledAt));
        Assert.Null(rotated.Slots);
        var old = await Client.GetNodeAsync(node.Id, default);
        Assert.Equal(("removed", $"rotated to {successor.Id}"), (old.State, old.StandingReason));
        Assert.Null(Server.Get<NodeSessions>().Identify(session.Token));
        await successor.StartAsync();
        var started = await Client.GetNodeAsync(successor.Id, default);
        Assert.Equal(("online", 4), (started.State, started.Slots));
        Assert.Equal(["rotation", "enrolment"], await KindsAsync(node.Id));
        Assert.Equal(["enrolment"], await KindsAsync(successor.Id));
        using var other = SigningKey.Create();
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-removed", () => Client.RotateNodeAsync(node.Id, other.PublicKey, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-enrolled", () => Client.RotateNodeAsync(successor.Id, successor.Key.PublicKey, default));
    }

    [Fact]
    public async Task Statements_OfStanding_Verify()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        await Client.QuarantineNodeAsync(node.Id, "why", default);
        await Client.RemoveNodeAsync(node.Id, null, default);
        await Server.AppendAsync(1);
        var key = await Client.GetLogKeyAsync(default);

        var payloads = new List<OrchestratorPayload>();
        foreach (var entry in (await Client.FindEntriesAsync(new LogEntryQuery { Node = node.Id.ToString() }, default)).Items)
        {
            var file = await Client.GetTransparentStatementAsync(Digest.Parse(entry.Digest), Calls.LongWait, default);
            var report = StatementVerifier.Verify(file, new Evidence { LogKey = key });
            Assert.True(report.Valid);
            payloads.Add(report.Orchestrator!.Payload);
        }

        Assert.Contains(new OrchestratorPayload.Quarantine(node.Id, "why"), payloads);
        Assert.Contains(new OrchestratorPayload.Revocation(node.Id, "removed by the operator"), payloads);
    }

    [Fact]
    public async Task BuiltIn_RemovedOrRotated_RefusedButItsStandingMoves()
    {
        var id = Server.Get<SigningKey>().PublicKey.Id;
        using var key = SigningKey.Create();

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-built-in", () => Client.RemoveNodeAsync(id, null, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "node-built-in", () => Client.RotateNodeAsync(id, key.PublicKey, default));

        Assert.Equal("draining", (await Client.DrainNodeAsync(id, default)).State);
        Assert.Equal("quarantined", (await Client.QuarantineNodeAsync(id, "r", default)).State);
        Assert.Equal("online", (await Client.ReleaseNodeAsync(id, default)).State);
    }

    [Fact]
    public async Task Anything_UnknownNode_NotFound()
    {
        using var key = SigningKey.Create();
        var id = key.PublicKey.Id;
        foreach (var call in new Func<Task>[]
        {
            () => Client.DrainNodeAsync(id, default),
            () => Client.QuarantineNodeAsync(id, "r", default),
            () => Client.ReleaseNodeAsync(id, default),
            () => Client.RemoveNodeAsync(id, null, default),
            () => Client.RotateNodeAsync(id, key.PublicKey, default),
            () => Client.ListNodeEventsAsync(id, null, null, default),
        })
        {
            await Calls.RefusedAsync(HttpStatusCode.NotFound, "node-not-found", call);
        }
    }

    [Fact]
    public async Task Anything_Malformed_Refused()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        var path = $"api/v1/nodes/{node.Id}";

        await Server.Http.PostAsync($"{path}/quarantine", """{"reason":""}""", MediaTypes.Json).ProblemAsync("node-invalid");
        await Server.Http.PostAsync($"{path}/quarantine", $$"""{"reason":"{{new string('r', 129)}}"}""", MediaTypes.Json).ProblemAsync("node-invalid");
        await Server.Http.PostAsync($"{path}/quarantine", "{}", MediaTypes.Json).ProblemAsync("node-invalid");
        await Server.Http.PostAsync($"{path}/quarantine", """{"reason":"r","more":1}""", MediaTypes.Json).ProblemAsync("malformed-json");
        await Server.Http.PostAsync($"{path}/rotate", """{"publicKey":"x"}""", MediaTypes.Json).ProblemAsync("node-invalid");
        await Server.Http.DeleteAsync($"{path}?reason=").ProblemAsync("node-invalid");
        await Server.Http.GetAsync($"{path}/events?limit=0").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task CountOwners_OnlyOfNodesThatMayVote()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var first = await JoiningNode.EnrolledAsync(server, "e");
        using var second = await JoiningNode.EnrolledAsync(server, "f");
        using var third = await JoiningNode.EnrolledAsync(server, "g");
        var (owners, anything) = (server.Get<EligibleOwners>(), new Demand { Task = default, Submitter = "s" });
        Assert.Equal(4, owners.Count(anything, most: 10));

        await server.Client.DrainNodeAsync(first.Id, default);
        await server.Client.QuarantineNodeAsync(second.Id, "r", default);
        await server.Client.RemoveNodeAsync(third.Id, null, default);

        Assert.Equal(1, owners.Count(anything, most: 10));
        Assert.Contains("vcp_nodes{state=\"quarantined\"} 1", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        var stats = (await server.Client.GetStatsAsync(default)).Nodes!;
        Assert.Equal((1, 1, 1, 1), (stats["online"], stats["draining"], stats["quarantined"], stats["removed"]));
    }

    [Fact]
    public async Task Events_Pages_NewestFirst()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        for (var i = 0; i < 3; i++)
        {
            await Client.DrainNodeAsync(node.Id, default);
            await Client.ReleaseNodeAsync(node.Id, default);
        }

        var (kinds, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await Client.ListNodeEventsAsync(node.Id, 4, after, default);
            kinds.AddRange(page.Items.Select(happened => happened.Kind));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(["released", "drained", "released", "drained", "released", "drained"], kinds);
    }

    private async Task<IEnumerable<string>> EventsAsync(NodeId id) =>
        (await Client.ListNodeEventsAsync(id, null, null, default)).Items.Select(happened => happened.Kind);

    private async Task<IEnumerable<string>> KindsAsync(NodeId id)
    {
        await Server.AppendAsync(1);
        var entries = (await Client.FindEntriesAsync(new LogEntryQuery { Node = id.ToString() }, default)).Items;
        return entries.OrderByDescending(entry => entry.Index).Select(entry => entry.Kind);
    }
}
