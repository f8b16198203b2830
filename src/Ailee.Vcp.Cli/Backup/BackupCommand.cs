using System.CommandLine;

namespace Ailee.Vcp.Cli.Backup;

/// <summary><c>vcp backup</c>: copies a data directory, also of a server that runs.</summary>
internal static class BackupCommand
{
    public static Command Create(CliConsole console)
    {
        var data = new Option<string>("--data") { Description = "A server's data directory, also of one that runs.", Required = true };
        var to = new Option<string>("--to") { Description = "The directory to make. It holds keys: keep it as safe as the data directory.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print the manifest." };
        var command = new Command("backup", "Copy a server's data directory at one instant, and check the copy. Exits with 1 if the data is damaged.") { data, to, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (manifest, hasLogKey) = await BackupWriter.WriteAsync(result.GetRequiredValue(data), result.GetRequiredValue(to), console.Time, cancellationToken);
            if (!hasLogKey)
            {
                console.Tell($"The log's key is not in the data directory (Log:KeyFile), so it is not in the backup.");
            }

            if (result.GetValue(json))
            {
                console.Print(CliJson.Write(manifest));
                return ExitCodes.Success;
            }

            console.Print($"{manifest.Files.Count} files, {manifest.Files.Sum(file => file.SizeBytes)} bytes, at {manifest.LogSize} entries of the log {manifest.LogOrigin}");
            console.Print("SOUND");
            return ExitCodes.Success;
        });
        return command;
    }
}
