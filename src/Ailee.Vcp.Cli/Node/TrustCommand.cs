using System.CommandLine;
using Ailee.Vcp.Cli.Keys;

namespace Ailee.Vcp.Cli.Node;

/// <summary><c>vcp node trust</c>: the server's log goes on as another, and the operator has told its key.</summary>
internal static class TrustCommand
{
    public static Command Create(CliConsole console)
    {
        var logKey = new Option<string>("--log-key") { Description = "The log's new key, a C2SP verifier key, or a file with it. Take it from the operator, not from the server.", Required = true };
        var directory = NodeCommand.DirectoryOption();
        var command = new Command("trust", "Go on with a server whose log was begun anew, as after a restore. What was seen of the log before is kept beside.") { logKey, directory };
        command.SetAction(result =>
        {
            var place = NodeCommand.DirectoryOf(result.GetValue(directory), console);
            var settings = NodeCommand.SettingsOf(place);
            using var only = place.TryLock() ?? throw new CliException($"The node in {place.Path} is running. Stop it first.");
            var key = LogKeyText.Parse(result.GetRequiredValue(logKey));
            if (key.ToString() == settings.LogKey)
            {
                console.Print($"The node trusts {key} already.");
                return;
            }

            // First: a node that has the new key and a checkpoint of the log before does not start.
            if (File.Exists(place.Checkpoint))
            {
                File.Move(place.Checkpoint, Before(place.Checkpoint));
            }

            (settings with { Origin = key.Name, LogKey = key.ToString() }).Write(place);
            console.Print($"The node trusts {key}.");
        });
        return command;
    }

    // Nothing that was seen is lost: it may be what shows a fork.
    private static string Before(string path) =>
        Enumerable.Range(1, int.MaxValue).Select(number => $"{path}.{number}").First(name => !File.Exists(name));
}
