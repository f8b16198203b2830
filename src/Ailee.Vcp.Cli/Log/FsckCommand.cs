using System.CommandLine;
using Ailee.Vcp.Cli.Keys;

namespace Ailee.Vcp.Cli.Log;

/// <summary><c>vcp log fsck</c>: checks a whole log.</summary>
internal static class FsckCommand
{
    public static Command Create(CliConsole console)
    {
        var place = new Argument<string>("log") { Description = "A server's data directory, also of one that runs, or the address of a server." };
        var key = new Option<string?>("--key") { Description = "The key that must have signed its checkpoint: a C2SP verifier key, or a file with it. Default: the one that the log names." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("fsck", "Derive every tile and the root from the entries, and compare. Exits with 0 if the log is sound, 1 if not.") { place, key, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var source = Open(result.GetRequiredValue(place));
            var expected = result.GetValue(key) is { } text ? LogKeyText.Parse(text) : null;
            var report = await new LogFsck(source).RunAsync(expected, cancellationToken);
            Show(report, result.GetValue(json), console);
            return report.Sound ? ExitCodes.Success : ExitCodes.Invalid;
        });
        return command;
    }

    private static ILogSource Open(string place) => ServerOptions.TryParseAddress(place, out var address)
        ? new HttpLogSource(HttpLogSource.CreateHttp(address))
        : new DirectoryLogSource(place);

    private static void Show(FsckReport report, bool json, CliConsole console)
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

        if (report.Pending > 0)
        {
            console.Print($"{report.Pending} entries are not integrated yet");
        }

        console.Print($"{report.Size} entries of {report.Origin}, root {report.Root}");
        console.Print(report.Sound ? "SOUND" : $"NOT SOUND: {report.Faults.Count} faults");
    }
}
