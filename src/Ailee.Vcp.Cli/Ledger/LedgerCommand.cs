using System.CommandLine;

namespace Ailee.Vcp.Cli.Ledger;

/// <summary><c>vcp ledger</c>: what an operator or the owner of a node asks of the ledger.</summary>
internal static class LedgerCommand
{
    public static Command Create(CliConsole console) => new("ledger", "Check a ledger, or take an account's statement home.") { LedgerCheckCommand.Create(console), LedgerExportCommand.Create(console) };
}
