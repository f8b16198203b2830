using System.Runtime.InteropServices;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

internal static class NodeEndpoints
{
    public static void MapNodes(this RouteGroupBuilder api)
    {
        var nodes = api.MapGroup("/nodes").WithTags("Nodes");
        nodes.MapGet("/", List).WithSummary("List nodes");
        nodes.MapGet("/{id}", Get).WithSummary("One node");
    }

    private static Ok<Page<NodeView>> List(IDatabase database, SigningKey builtIn, IOptions<SandboxOptions> options) =>
        TypedResults.Ok(new Page<NodeView>([.. database.Read(NodeStore.List).Select(node => View(node, builtIn, options.Value))], null));

    private static Results<Ok<NodeView>, ProblemAnswer> Get(string id, IDatabase database, SigningKey builtIn, IOptions<SandboxOptions> options) =>
        NodeId.TryParse(id, out var parsed) && database.Read(NodeStore.List).FirstOrDefault(node => node.Id == parsed) is { } node
            ? TypedResults.Ok(View(node, builtIn, options.Value))
            : Problems.NodeNotFound.Because("A node's id is the thumbprint of its key, 43 base64url characters.").ToAnswer();

    // A node that is not this process's own is one whose key file was replaced: its statements stay, it does not come back.
    private static NodeView View(NodeRow node, SigningKey builtIn, SandboxOptions options) => new(
        node.Id.ToString(),
        node.Name,
        node.Owner,
        node.PublicKey.ToString(),
        options.ContentHash.Text(EngineProfile.DigestOf(options.ContentHash)),
        $"wasmtime {EngineProfile.EngineVersion}",
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        options.EffectiveSlots,
        node.Id == builtIn.PublicKey.Id ? "online" : "offline",
        node.EnrolledAt);
}
