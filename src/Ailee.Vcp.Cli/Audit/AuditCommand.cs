using System.CommandLine;
using System.Text.Json;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Cli.Audit;

/// <summary><c>vcp audit</c>: the audit trail of a server.</summary>
internal static class AuditCommand
{
    private const int DefaultLimit = 50;
    private const int LargestPage = 200;

    public static Command Create(CliConsole console)
    {
        var kind = new Option<string?>("--kind") { Description = "Only events of this kind, such as key.created." };
        var actor = new Option<string?>("--actor") { Description = "Only what this key did, by its id, or whoever has exactly this name." };
        var limit = new Option<int>("--limit") { Description = "Most events.", DefaultValueFactory = _ => DefaultLimit };
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line." };
        var command = new Command("audit", "Show who was let into a server, turned away or changed what, newest first.") { kind, actor, limit, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var client = new VcpClient(http);
            var left = result.GetValue(limit);
            string? after = null;
            do
            {
                var page = await client.ListAuditAsync(result.GetValue(kind), result.GetValue(actor), Math.Min(left, LargestPage), after, cancellationToken);
                foreach (var happened in page.Items)
                {
                    console.Print(result.GetValue(json) ? JsonSerializer.Serialize(happened, VcpJson.Default.AuditEventView) : Row(happened));
                }

                (left, after) = (left - page.Items.Count, page.Next);
            }
            while (after is not null && left > 0);
        });
        return command;
    }

    private static string Row(AuditEventView happened) =>
        string.Join("  ", new[] { ApiKeyText.Time(happened.At), happened.Kind, happened.Actor, happened.Remote, happened.Subject, happened.Detail }.Where(part => part is not null));
}
