using System.Net;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Nodes;

public sealed class NodeEndpointsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task List_BuiltInNode_WithItsKeyAndProfile()
    {
        var page = await fixture.Client.ListNodesAsync(default);

        var node = Assert.Single(page.Items);
        Assert.Null(page.Next);
        Assert.Equal(("built-in", "operator", "online", 2), (node.Name, node.Owner, node.State, node.Slots));
        Assert.Equal(EngineProfile.Digest.ToString(), node.Profile);
        Assert.True(PublicKey.TryParse(node.PublicKey, out var key));
        Assert.Equal(key.Id.ToString(), node.Id);
        Assert.Equal(Text(node), Text(await fixture.Client.GetNodeAsync(NodeId.Parse(node.Id), default)));
        Assert.Null(node.SeenAt);
    }

    [Fact]
    public async Task List_Node_IsTheOneThatSigns()
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var node = Assert.Single((await fixture.Client.ListNodesAsync(default)).Items);

        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);

        Assert.Equal((node.Id, node.PublicKey, node.Profile), (proof.Node, proof.PublicKey, proof.Payload!.Profile));
    }

    [Fact]
    public async Task Get_Unknown_NotFound()
    {
        using var key = SigningKey.Create();

        await Calls.RefusedAsync(HttpStatusCode.NotFound, "node-not-found", () => fixture.Client.GetNodeAsync(key.PublicKey.Id, default));
    }

    [Theory]
    [InlineData("built-in")]
    [InlineData("-------------------------------------------")]
    [InlineData("~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~")]
    public async Task Get_Malformed_NotFound(string id) => await fixture.Http.GetAsync($"api/v1/nodes/{id}").ProblemAsync("node-not-found");

    [Fact]
    public async Task List_AfterRestart_SameNode()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });
        var before = await server.Client.ListNodesAsync(default);

        server = await server.RestartAsync();

        await using (server)
        {
            Assert.Equal(before.Items.Select(node => (node.Id, node.EnrolledAt)), (await server.Client.ListNodesAsync(default)).Items.Select(node => (node.Id, node.EnrolledAt)));
        }
    }

    [Fact]
    public async Task List_AfterItsKeyWasReplaced_OldNodeIsOffline()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });
        var old = Assert.Single((await server.Client.ListNodesAsync(default)).Items);
        File.Delete(directory.File("node.key"));

        server = await server.RestartAsync();

        await using (server)
        {
            var nodes = (await server.Client.ListNodesAsync(default)).Items;
            Assert.Equal(2, nodes.Count);
            Assert.Equal("offline", Assert.Single(nodes, node => node.Id == old.Id).State);
            Assert.Equal("online", Assert.Single(nodes, node => node.Id != old.Id).State);
        }
    }

    [Fact]
    public async Task List_ByOwnerAndState_PagesNewestFirst()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var nodes = new List<JoiningNode>();
        for (var i = 0; i < 5; i++)
        {
            nodes.Add(await JoiningNode.EnrolledAsync(server, i < 3 ? "many" : "few"));
        }

        await nodes[1].StartAsync();
        var (listed, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await server.Client.ListNodesAsync(null, null, 2, after, default);
            listed.AddRange(page.Items.Select(node => node.Name + node.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal((6, 6), (listed.Count, listed.Distinct().Count()));
        Assert.StartsWith("built-in", listed[^1], StringComparison.Ordinal);
        Assert.Equal(3, (await server.Client.ListNodesAsync("many", null, null, null, default)).Items.Count);
        Assert.Equal(nodes[1].Id.ToString(), Assert.Single((await server.Client.ListNodesAsync("many", "online", null, null, default)).Items).Id);
        Assert.Empty((await server.Client.ListNodesAsync("nobody", null, null, null, default)).Items);
        await server.Http.GetAsync("api/v1/nodes?state=asleep").ProblemAsync("malformed-request");
        await server.Http.GetAsync("api/v1/nodes?limit=201").ProblemAsync("malformed-request");
        nodes.ForEach(node => node.Dispose());
    }

    private static string Text(Client.Nodes.NodeView node) => System.Text.Json.JsonSerializer.Serialize(node, Client.VcpJson.Default.NodeView);
}
