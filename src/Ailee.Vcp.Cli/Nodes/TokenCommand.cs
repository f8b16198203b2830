using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;

namespace Ailee.Vcp.Cli.Nodes;

/// <summary><c>vcp nodes token</c>: a token that enrols one node.</summary>
internal static class TokenCommand
{
    public static Command Create(CliConsole console)
    {
        var owner = new Option<string>("--owner") { Description = "Who answers for the node. A quorum never counts an owner twice.", Required = true };
        var name = new Option<string?>("--name") { Description = "Name of the node. Default: what the node says." };
        var expires = new Option<string>("--expires") { Description = $"How long the token is good: {DurationText.Form}.", DefaultValueFactory = _ => "1h" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("token", "Make a token that enrols one node. It is shown this once.") { owner, name, expires, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var request = new JoinTokenRequest { Owner = result.GetRequiredValue(owner), Name = result.GetValue(name), ExpiresInSeconds = DurationText.ParseSeconds("--expires", result.GetRequiredValue(expires)) };
            var token = await new VcpClient(http).CreateJoinTokenAsync(request, cancellationToken);
            if (result.GetValue(json))
            {
                console.Print(JsonSerializer.Serialize(token, VcpJson.Default.JoinTokenView));
                return;
            }

            console.Print(token.Token);
            console.Tell($"It enrols one node of {token.Owner} until {token.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.");
        });
        return command;
    }
}
