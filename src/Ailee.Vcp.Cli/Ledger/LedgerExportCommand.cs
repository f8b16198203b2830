using System.CommandLine;
using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core.Ledger;

namespace Ailee.Vcp.Cli.Ledger;

/// <summary><c>vcp ledger export</c>: an account's statement from a server.</summary>
internal static class LedgerExportCommand
{
    private const int PageLines = 200;

    public static Command Create(CliConsole console)
    {
        var account = new Argument<string>("account") { Description = "submitter:<name>, node:<id> or treasury." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV (RFC 4180), oldest first, instead of a line for each transaction, newest first." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only what was posted from then on." };
        var to = new Option<DateTimeOffset?>("--to") { Description = "Only what was posted before then." };
        var command = new Command("export", "Print what happened to an account.") { account, csv, from, to };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            if (!LedgerAccount.TryParse(result.GetRequiredValue(account), out var parsed))
            {
                throw new CliException($"'{result.GetRequiredValue(account)}' is no account: those are submitter:<name>, node:<id> and treasury.");
            }

            using var http = server.Connect(result, console);
            var client = new VcpClient(http);
            var query = new StatementQuery { From = result.GetValue(from), To = result.GetValue(to) };
            if (result.GetValue(csv))
            {
                await console.Stdout.WriteAsync(await client.GetStatementCsvAsync(parsed, query, cancellationToken), cancellationToken);
            }
            else
            {
                await PrintAsync(client, parsed, query, console, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task PrintAsync(VcpClient client, LedgerAccount account, StatementQuery query, CliConsole console, CancellationToken cancellationToken)
    {
        AccountStatement part;
        query = query with { Limit = PageLines };
        do
        {
            part = await client.GetStatementAsync(account, query, cancellationToken);
            foreach (var line in part.Items)
            {
                console.Print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.At:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}  {line.Kind,-8}{line.Amount,16}{line.Balance,18}  {line.Counterparty}  {line.Task ?? line.Detail.Fault}"));
            }

            query = query with { After = part.Next };
        }
        while (part.Next is not null);
        console.Print($"Balance of {account}: {part.Balance.ToString(CultureInfo.InvariantCulture)} micro-credits");
    }
}
