using System.Net;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Calls of nodes and those of clients: neither's secret opens the other's.</summary>
public sealed class NodeAccessTests
{
    private static readonly string[] Addresses = ["http://127.0.0.1:0", "http://0.0.0.0:0"];

    public static TheoryData<string> Bindings { get; } = [.. Addresses];

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task NodeCall_OnAnyAddress_NeedsTheSession(string url)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Url = url });
        using var node = await JoiningNode.EnrolledAsync(server);
        using var other = await JoiningNode.EnrolledAsync(server);
        var ended = await node.StartAsync();
        var session = await node.StartAsync();
        var key = server.Http.DefaultRequestHeaders.Authorization?.Parameter ?? "vcp_any";

        Assert.Equal((200, node.Id), await CallAsync(server, $"Bearer {session.Token}", node.Id));
        Assert.Equal((200, node.Id), await CallAsync(server, $"bearer  {session.Token} ", null));
        Assert.Equal((403, node.Id), await CallAsync(server, $"Bearer {session.Token}", other.Id));
        foreach (var wrong in new[] { null, "", "Bearer ", $"Bearer {key}", $"Bearer {ended.Token}", $"Bearer {session.Token}x", $"Bearer {session.Token[..^1]}", session.Token, $"Basic {session.Token}" })
        {
            Assert.Equal((401, null), await CallAsync(server, wrong, node.Id));
        }
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task ClientCall_WithASession_Unauthorized(string url)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Url = url });
        using var node = await JoiningNode.EnrolledAsync(server);
        node.Http.DefaultRequestHeaders.Authorization = new("Bearer", (await node.StartAsync()).Token);

        foreach (var path in new[] { "nodes", $"nodes/{node.Id}", $"nodes/{node.Id}/events", "tasks", "stats", "log/entries" })
        {
            await node.Http.GetAsync($"api/v1/{path}").ProblemAsync("unauthorized");
        }

        await node.Http.PostAsync("api/v1/nodes/tokens", """{"owner":"mallory"}""", "application/json").ProblemAsync("unauthorized");
        await node.Http.PostAsync($"api/v1/nodes/{node.Id}/release", null).ProblemAsync("unauthorized");
        await node.Http.GetAsync("metrics").ProblemAsync("unauthorized");
        using var checkpoint = await node.Http.GetAsync("api/v1/log/checkpoint");
        Assert.Equal(HttpStatusCode.OK, checkpoint.StatusCode);
        await node.StartAsync();
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task NodeCall_OfAnotherMediaTypeOrMethod_IsToldSoWithASessionOnly(string url)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Url = url });
        using var node = await JoiningNode.EnrolledAsync(server);
        var token = (await node.StartAsync()).Token;
        var path = $"api/v1/nodes/{node.Id}/heartbeat";

        node.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await node.Http.PostAsync(path, "{}", "text/plain").ProblemAsync("unsupported-media-type");
        await node.Http.GetAsync(path).ProblemAsync("method-not-allowed");
        await node.Http.GetAsync("api/v1/no-such-path").ProblemAsync("not-found");
        node.Http.DefaultRequestHeaders.Authorization = new("Bearer", token + "x");
        await node.Http.PostAsync("api/v1/tasks", "{}", "text/plain").ProblemAsync("unauthorized");
    }

    private static async Task<(int Status, NodeId? Node)> CallAsync(RunningServer server, string? authorization, NodeId? id)
    {
        var passed = false;
        var middleware = ActivatorUtilities.CreateInstance<AccessMiddleware>(server.Services, (RequestDelegate)(_ =>
        {
            passed = true;
            return Task.CompletedTask;
        }));
        var context = new DefaultHttpContext { RequestServices = server.Services };
        context.Request.Host = new HostString("localhost");
        context.Request.RouteValues["id"] = id?.ToString();
        context.Request.Headers.Authorization = authorization;
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(NeedsNodeSession.Mark), null));

        await middleware.InvokeAsync(context);

        Assert.Equal(passed, context.Response.StatusCode == 200);
        return (context.Response.StatusCode, (NodeId?)context.Items[AccessMiddleware.NodeItem]);
    }
}
