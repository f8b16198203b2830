using System.CommandLine;
using System.Globalization;

namespace Ailee.Vcp.Cli.Keys;

/// <summary><c>vcp keys reset</c>: a new key for whoever has the data directory but no administrator's key any more.</summary>
internal static class ResetCommand
{
    public static Command Create(CliConsole console)
    {
        var data = new Option<string>("--data") { Description = "The server's data directory. The server may run; it takes the key within some seconds.", Required = true };
        var keep = new Option<bool>("--keep-others") { Description = "Do not revoke the administrators' keys that there are." };
        var command = new Command("reset", "Make an administrator's key when all are lost, and revoke the old ones. It is in admin.key in the data directory.") { data, keep };
        command.SetAction(result =>
        {
            var reset = KeyReset.Run(result.GetRequiredValue(data), result.GetValue(keep), console.Time.GetUtcNow());
            console.Print(reset.File);
            console.Tell(string.Create(CultureInfo.InvariantCulture, $"It holds the secret of {reset.Id}, which may everything. {reset.Revoked} other administrators' keys were revoked."));
        });
        return command;
    }
}
