using System.CommandLine;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Cli.Nodes;

/// <summary><c>vcp nodes</c>: what an operator does with the nodes of a server.</summary>
internal static class NodesCommand
{
    public static Command Create(CliConsole console) => new("nodes", "Let nodes join a server, look at them, and put them aside.")
    {
        TokenCommand.Create(console),
        List(console),
        Of(console, "show", "Show a node.", (client, id, cancellationToken) => client.GetNodeAsync(id, cancellationToken)),
        Of(console, "drain", "Give a node no new work; what it has is finished.", (client, id, cancellationToken) => client.DrainNodeAsync(id, cancellationToken)),
        Quarantine(console),
        Of(console, "release", "End a node's quarantine or draining.", (client, id, cancellationToken) => client.ReleaseNodeAsync(id, cancellationToken)),
        Remove(console),
        Rotate(console),
    };

    /// <summary>Every node that fits, newest first.</summary>
    public static async IAsyncEnumerable<NodeView> ListAsync(
        VcpClient client,
        string? owner,
        string? state,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await client.ListNodesAsync(owner, state, null, after, cancellationToken);
            foreach (var node in page.Items)
            {
                yield return node;
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private static Command List(CliConsole console)
    {
        var owner = new Option<string?>("--owner") { Description = "Only nodes of this owner." };
        var state = new Option<string?>("--state") { Description = "Only nodes in this state." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line." };
        var command = new Command("list", "List nodes, newest first.") { owner, state, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            await foreach (var node in ListAsync(new VcpClient(http), result.GetValue(owner), result.GetValue(state), cancellationToken))
            {
                console.Print(result.GetValue(json) ? NodeText.Line(node) : NodeText.Row(node));
            }
        });
        return command;
    }

    private static Command Quarantine(CliConsole console)
    {
        var reason = new Option<string>("--reason") { Description = "Why. It is logged for anybody to read.", Required = true };
        return Of(
            console,
            "quarantine",
            "Give a node no new work and count none of its results, until it is released.",
            (client, id, result, cancellationToken) => client.QuarantineNodeAsync(id, result.GetRequiredValue(reason), cancellationToken),
            reason);
    }

    private static Command Remove(CliConsole console)
    {
        var reason = new Option<string?>("--reason") { Description = "Why. It is logged for anybody to read." };
        return Of(
            console,
            "remove",
            "Remove a node for good. Its statements stay valid; its key cannot come back.",
            (client, id, result, cancellationToken) => client.RemoveNodeAsync(id, result.GetValue(reason), cancellationToken),
            reason);
    }

    private static Command Rotate(CliConsole console)
    {
        var key = new Option<string>("--key") { Description = "The new public key, 43 characters as 'vcp keys show' prints it.", Required = true };
        return Of(
            console,
            "rotate",
            "Let a node go on under another key, with its owner, name and reputation.",
            (client, id, result, cancellationToken) => client.RotateNodeAsync(
                id,
                PublicKey.TryParse(result.GetRequiredValue(key), out var parsed) ? parsed : throw new CliException("--key must be a public key, 43 base64url characters."),
                cancellationToken),
            key);
    }

    private static Command Of(CliConsole console, string name, string description, Func<VcpClient, NodeId, CancellationToken, Task<NodeView>> call) =>
        Of(console, name, description, (client, id, _, cancellationToken) => call(client, id, cancellationToken));

    private static Command Of(
        CliConsole console,
        string name,
        string description,
        Func<VcpClient, NodeId, ParseResult, CancellationToken, Task<NodeView>> call,
        params Option[] options)
    {
        var id = new Argument<string>("id") { Description = "The node's id." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command(name, description) { id, json };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var node = NodeId.TryParse(result.GetRequiredValue(id), out var parsed) ? parsed : throw new CliException("A node's id is 43 base64url characters; 'vcp nodes list' shows them.");
            using var http = server.Connect(result, console);
            var view = await call(new VcpClient(http), node, result, cancellationToken);
            console.Print(result.GetValue(json) ? NodeText.Line(view) : NodeText.Page(view));
        });
        return command;
    }
}
