using System.CommandLine;
using System.Globalization;

namespace Ailee.Vcp.Cli.Backup;

/// <summary><c>vcp restore</c>: puts a backup where a server can start on it.</summary>
internal static class RestoreCommand
{
    public static Command Create(CliConsole console)
    {
        var from = new Option<string>("--from") { Description = "The backup.", Required = true };
        var data = new Option<string>("--data") { Description = "The data directory to fill: missing or empty.", Required = true };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A file with the last checkpoint that anybody saw, such as that of Log:GuardPath. If the backup has just this one, its log goes on; without it the server begins another log, after all entries of this one.",
        };
        var json = new Option<bool>("--json") { Description = "Print the manifest." };
        var command = new Command("restore", "Check a backup and put it into an empty data directory. Exits with 1 if the backup is damaged.") { from, data, checkpoint, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var seen = result.GetValue(checkpoint) is { } file ? await File.ReadAllBytesAsync(file, cancellationToken) : null;
            var manifest = await RestoreWriter.WriteAsync(result.GetRequiredValue(from), result.GetRequiredValue(data), seen, cancellationToken);
            if (result.GetValue(json))
            {
                console.Print(CliJson.Write(manifest));
                return ExitCodes.Success;
            }

            console.Print(string.Create(CultureInfo.InvariantCulture, $"Restored {manifest.Files.Count} files as of {manifest.TakenAt:yyyy-MM-dd'T'HH:mm:ss'Z'}, {manifest.LogSize} entries of the log {manifest.LogOrigin}"));
            console.Print(seen is null
                ? "The server will go on with a new log, key and name, which has all these entries after its own first one: docs/operations/backup.md says whom to tell."
                : "The log goes on: it was shown that nothing was published since.");
            return ExitCodes.Success;
        });
        return command;
    }
}
