using System.CommandLine;
using Ailee.Vcp.Core.Ledger;

namespace Ailee.Vcp.Cli.Ledger;

/// <summary><c>vcp ledger check</c>: derives every sum of a ledger from its postings.</summary>
internal static class LedgerCheckCommand
{
    // A ledger that is damaged throughout would give a line for every transaction.
    private const int MostFaults = 1000;

    public static Command Create(CliConsole console)
    {
        var data = new Option<string>("--data") { Description = "A server's data directory, also of one that runs.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("check", "Derive every balance from the postings, and compare. Exits with 0 if the ledger is sound, 1 if not.") { data, json };
        command.SetAction(result =>
        {
            using var ledger = new DirectoryLedger(result.GetRequiredValue(data));
            var faults = LedgerCheck.Faults(ledger).Take(MostFaults).ToList();
            var report = new LedgerReport(faults.Count == 0, ledger.CountTransactions(), ledger.Balances().Count(), faults);
            Show(report, result.GetValue(json), console);
            return report.Sound ? ExitCodes.Success : ExitCodes.Invalid;
        });
        return command;
    }

    private static void Show(LedgerReport report, bool json, CliConsole console)
    {
        if (json)
        {
            console.Print(CliJson.Write(report));
            return;
        }

        foreach (var fault in report.Faults)
        {
            console.Print(fault);
        }

        console.Print($"{report.Transactions} transactions, {report.Accounts} accounts");
        console.Print(report.Sound ? "SOUND" : $"NOT SOUND: {report.Faults.Count}{(report.Faults.Count == MostFaults ? " or more" : string.Empty)} faults");
    }
}

/// <summary>What <c>ledger check --json</c> prints.</summary>
/// <param name="Sound">Whether nothing is wrong.</param>
/// <param name="Transactions">Transactions stored.</param>
/// <param name="Accounts">Accounts that have a balance.</param>
/// <param name="Faults">What is wrong, a sentence each, at most 1000.</param>
internal sealed record LedgerReport(bool Sound, long Transactions, long Accounts, IReadOnlyList<string> Faults);
