using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Nodes;

public sealed class NodeJoiningTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Enrol_WithAToken_NodeOfItsOwner()
    {
        using var node = new JoiningNode(Server.Url);
        using var response = await node.EnrolAsync(await JoiningNode.TokenAsync(Server, "bob"));

        var view = await JoiningNode.ReadAsync(response, VcpJson.Default.NodeView);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/v1/nodes/{node.Id}", response.Headers.Location!.ToString());
        Assert.Equal((node.Id.ToString(), "bob", "lamp", "offline"), (view.Id, view.Owner, view.Name, view.State));
        Assert.Equal((4, 1L << 30, "x64", "Linux", "0.1.0", "north"), (view.Slots, view.MemoryBytes, view.Architecture, view.System, view.Version, view.Labels!["zone"]));
        Assert.Equal((0.5, 0L), (view.Reputation, view.Running));
        Assert.Null(view.SeenAt);
        Assert.Equal(JsonSerializer.Serialize(view, VcpJson.Default.NodeView), JsonSerializer.Serialize(await Server.Client.GetNodeAsync(node.Id, default), VcpJson.Default.NodeView));
    }

    [Fact]
    public async Task Enrol_TokenWithAName_GoesBeforeTheNodes()
    {
        using var node = await JoiningNode.EnrolledAsync(Server, "bob", "kitchen");

        Assert.Equal("kitchen", (await Server.Client.GetNodeAsync(node.Id, default)).Name);
    }

    [Fact]
    public async Task Enrol_Statement_IsLoggedOnceAndVerifies()
    {
        using var node = await JoiningNode.EnrolledAsync(Server, "carol");

        var entries = await EntriesAsync(node.Id, StatementKind.Enrolment);
        var file = await Server.Client.GetTransparentStatementAsync(Digest.Parse(Assert.Single(entries).Digest), Calls.LongWait, default);
        var report = StatementVerifier.Verify(file, new Evidence { LogKey = await Server.Client.GetLogKeyAsync(default) });
        Assert.True(report.Valid, string.Join(", ", report.Checks.Where(check => !check.Ok)));
        Assert.Equal(new OrchestratorPayload.Enrolment(node.Key.PublicKey, "carol", "lamp"), report.Orchestrator!.Payload);
    }

    [Fact]
    public async Task Enrol_AnswerLost_SameAnswerAndOneStatement()
    {
        using var node = new JoiningNode(Server.Url);
        var token = await JoiningNode.TokenAsync(Server);
        var request = await node.EnrolmentAsync(token);
        using var first = await node.EnrolAsync(request);

        using var same = await node.EnrolAsync(request);
        using var withAnotherChallenge = await node.EnrolAsync(token);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, same.StatusCode, withAnotherChallenge.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await same.Content.ReadAsStringAsync());
        Assert.Single(await EntriesAsync(node.Id, StatementKind.Enrolment));
    }

    [Fact]
    public async Task Enrol_TokenUsedByTwoAtOnce_ExactlyOneWins()
    {
        var token = await JoiningNode.TokenAsync(Server);
        var nodes = Enumerable.Range(0, 8).Select(_ => new JoiningNode(Server.Url)).ToList();
        var requests = await Task.WhenAll(nodes.Select(node => node.EnrolmentAsync(token)));

        var responses = await Task.WhenAll(nodes.Zip(requests, (node, request) => node.EnrolAsync(request)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        foreach (var refused in responses.Where(response => response.StatusCode != HttpStatusCode.Created))
        {
            await refused.ProblemAsync("join-token-invalid");
        }

        Assert.Single(nodes, node => Server.Get<NodeRegistry>().Find(node.Id) is not null);
        nodes.ForEach(node => node.Dispose());
    }

    [Fact]
    public async Task Enrol_EnrolledKeyWithAnotherToken_RefusedAndTheTokenStaysGood()
    {
        using var node = await JoiningNode.EnrolledAsync(Server);
        using var other = new JoiningNode(Server.Url);
        var token = await JoiningNode.TokenAsync(Server);

        await node.EnrolAsync(token).ProblemAsync("node-enrolled");

        using var response = await other.EnrolAsync(token);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Enrol_WrongProof_Refused()
    {
        using var node = new JoiningNode(Server.Url);
        using var other = new JoiningNode(Server.Url);
        var token = await JoiningNode.TokenAsync(Server);
        var request = await node.EnrolmentAsync(token);
        var session = await node.SessionAsync();

        await node.EnrolAsync(request with { Signature = (await other.EnrolmentAsync(token)).Signature }).ProblemAsync("node-proof-invalid");
        await node.EnrolAsync(request with { Signature = "" }).ProblemAsync("node-proof-invalid");
        await node.EnrolAsync(request with { Signature = new string('~', 86) }).ProblemAsync("node-proof-invalid");
        await node.EnrolAsync(request with { Token = token + "x" }).ProblemAsync("node-proof-invalid");
        await node.EnrolAsync(request with { Challenge = session.Challenge, Signature = session.Signature }).ProblemAsync("node-proof-invalid");
        await node.EnrolAsync(request with { Challenge = (await other.ChallengeAsync()).Challenge }).ProblemAsync("challenge-expired");
        await node.EnrolAsync(request with { Challenge = "" }).ProblemAsync("challenge-expired");
        await node.EnrolAsync(request with { Challenge = (request.Challenge[0] == 'A' ? 'B' : 'A') + request.Challenge[1..] }).ProblemAsync("challenge-expired");
        await node.EnrolAsync("vcpj_unknown").ProblemAsync("join-token-invalid");
        Assert.Null(Server.Get<NodeRegistry>().Find(node.Id));
    }

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public async Task Enrol_OutOfBounds_Refused(Func<EnrolmentRequest, EnrolmentRequest> change)
    {
        using var node = new JoiningNode(Server.Url);
        var request = await node.EnrolmentAsync("vcpj_any");

        await node.EnrolAsync(change(request)).ProblemAsync("node-invalid");
    }

    public static TheoryData<Func<EnrolmentRequest, EnrolmentRequest>> OutOfBounds { get; } = new(
        request => request with { PublicKey = "short" },
        request => request with { Name = "" },
        request => request with { Name = new string('n', 65) },
        request => request with { Name = "two\nlines" },
        request => request with { Capabilities = JoiningNode.Able with { Profile = "sha256:0" } },
        request => request with { Capabilities = JoiningNode.Able with { Engine = "" } },
        request => request with { Capabilities = JoiningNode.Able with { System = new string('s', 129) } },
        request => request with { Capabilities = JoiningNode.Able with { Version = "\u0000" } },
        request => request with { Capabilities = JoiningNode.Able with { Slots = 0 } },
        request => request with { Capabilities = JoiningNode.Able with { Slots = 257 } },
        request => request with { Capabilities = JoiningNode.Able with { MemoryBytes = 0 } },
        request => request with { Capabilities = JoiningNode.Able with { Price = -1 } },
        request => request with { Capabilities = JoiningNode.Able with { Labels = Enumerable.Range(0, 33).ToDictionary(i => $"l{i}", _ => "v") } },
        request => request with { Capabilities = JoiningNode.Able with { Labels = new Dictionary<string, string> { [""] = "v" } } },
        request => request with { Capabilities = JoiningNode.Able with { Labels = new Dictionary<string, string> { ["l"] = new string('v', 257) } } });

    [Fact]
    public async Task Enrol_NotTheJsonItTakes_Refused()
    {
        using var node = new JoiningNode(Server.Url);
        var body = JsonSerializer.Serialize(await node.EnrolmentAsync("vcpj_any"), VcpJson.Default.EnrolmentRequest);

        await node.Http.PostAsync("api/v1/nodes", body[..^1] + ",\"more\":1}", MediaTypes.Json).ProblemAsync("malformed-json");
        await node.Http.PostAsync("api/v1/nodes", "{}", MediaTypes.Json).ProblemAsync("malformed-json");
        await node.Http.PostAsync("api/v1/nodes", body, MediaTypes.Text).ProblemAsync("unsupported-media-type");
        await node.Http.PostAsync("api/v1/nodes", new string(' ', 70_000), MediaTypes.Json).ProblemAsync("body-too-large");
        await node.Http.PostAsync("api/v1/nodes/challenge", new string(' ', 2000), MediaTypes.Json).ProblemAsync("body-too-large");
        await node.Http.PostAsync("api/v1/nodes/challenge", """{"publicKey":"x"}""", MediaTypes.Json).ProblemAsync("node-invalid");
    }

    [Theory]
    [InlineData("""{"owner":""}""", "node-invalid")]
    [InlineData("""{"owner":"o","name":""}""", "node-invalid")]
    [InlineData("""{"owner":"o","expiresInSeconds":59}""", "node-invalid")]
    [InlineData("""{"owner":"o","expiresInSeconds":2592001}""", "node-invalid")]
    [InlineData("""{"owner":null}""", "malformed-json")]
    [InlineData("""{"owner":"o","more":1}""", "malformed-json")]
    public async Task Token_OutOfBounds_Refused(string body, string code) => await Server.Http.PostAsync("api/v1/nodes/tokens", body, MediaTypes.Json).ProblemAsync(code);

    [Fact]
    public async Task Token_Stored_IsItsHashOnly()
    {
        var token = await JoiningNode.TokenAsync(Server);

        Assert.Matches("^vcpj_[A-Za-z0-9_-]{43}$", token);
        Assert.NotNull(Server.Database.Read(transaction => JoinTokenStore.Find(transaction, JoinTokens.HashOf(token))));
    }

    [Fact]
    public async Task Enrol_AfterTime_TokenAndChallengeAreOver()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        using var node = new JoiningNode(server.Url);
        var used = await server.Client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = "o", ExpiresInSeconds = 60 }, default);
        var late = await server.Client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = "o", ExpiresInSeconds = 60 }, default);
        var request = await node.EnrolmentAsync(used.Token);
        using var enrolled = await node.EnrolAsync(used.Token);
        using var other = new JoiningNode(server.Url);

        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(time.GetUtcNow().AddSeconds(-1), used.ExpiresAt);
        await node.EnrolAsync(request).ProblemAsync("challenge-expired");
        await other.EnrolAsync(late.Token).ProblemAsync("join-token-invalid");
        using var again = await node.EnrolAsync(used.Token);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (enrolled.StatusCode, again.StatusCode));
    }

    private async Task<IReadOnlyList<LogEntryView>> EntriesAsync(NodeId node, StatementKind kind)
    {
        await Server.AppendAsync(1);
        return (await Server.Client.FindEntriesAsync(new LogEntryQuery { Node = node.ToString(), Kind = kind.Name }, default)).Items;
    }
}
