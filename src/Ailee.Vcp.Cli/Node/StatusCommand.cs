using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Cli.Node;

/// <summary><c>vcp node status</c>: what the server says of this node.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create(CliConsole console)
    {
        var directory = NodeCommand.DirectoryOption();
        var apiKey = new Option<string?>("--api-key") { Description = "An API key, if the server wants one. Default: VCP_API_KEY, which keeps it out of the process list." };
        var command = new Command("status", "Show what the server says of this node.") { directory, apiKey };
        command.SetAction(async (result, cancellationToken) =>
        {
            var place = NodeCommand.DirectoryOf(result.GetValue(directory), console);
            var settings = NodeCommand.SettingsOf(place);
            using var http = NodeEnroller.Connect(settings.Server, settings.Tls);
            http.Timeout = Patience;
            http.DefaultRequestHeaders.Authorization = (result.GetValue(apiKey) ?? console.Variable("VCP_API_KEY")) is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
            try
            {
                var node = await new VcpClient(http).GetNodeAsync(NodeId.Parse(settings.Node), cancellationToken);
                console.Print($"{node.Name}");
                console.Print($"  server    {settings.Server}");
                console.Print($"  node      {node.Id}");
                console.Print($"  owner     {node.Owner}");
                console.Print($"  state     {node.State}");
                console.Print($"  slots     {node.Slots}");
                console.Print($"  enrolled  {node.EnrolledAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
                console.Print($"  kept in   {place.Path}");
            }
            catch (VcpApiException exception) when (exception.Status == HttpStatusCode.Unauthorized)
            {
                throw new CliException($"{settings.Server} tells this only with an API key: a node's own session is not one. Give it with --api-key or VCP_API_KEY.");
            }
        });
        return command;
    }
}
