using System.CommandLine;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Cli.Log;

/// <summary><c>vcp log follow</c>: a monitor.</summary>
internal static class FollowCommand
{
    public static Command Create(CliConsole console)
    {
        var server = new Argument<string>("server") { Description = "The address of the server." };
        var state = new Option<string>("--state") { Description = "The file that remembers what was seen; made at the first use, with the log's key.", Required = true };
        var key = new Option<string?>("--key") { Description = "The log's key: a C2SP verifier key, or a file with it. Default: the state's; at the first use the server's." };
        var interval = new Option<double>("--interval") { Description = "Seconds between two looks, 0.1 to 3600. Default: 1.", DefaultValueFactory = _ => 1 };
        var once = new Option<bool>("--once") { Description = "Look once." };
        var command = new Command("follow", "Check at every new checkpoint that the log still begins with what it showed before. Exits with 2 on an alarm.") { server, state, key, interval, once };
        command.SetAction(async (result, cancellationToken) =>
        {
            var seconds = result.GetValue(interval);
            if (seconds is not (>= 0.1 and <= 3600))
            {
                throw new CliException("--interval must be 0.1 to 3600 seconds.");
            }

            if (!ServerOptions.TryParseAddress(result.GetRequiredValue(server), out var address))
            {
                throw new CliException($"'{result.GetRequiredValue(server)}' is not the address of a server.");
            }

            using var http = HttpLogSource.CreateHttp(address);
            var expected = result.GetValue(key) is { } text ? LogKeyText.Parse(text) : null;
            var follower = new LogFollower(new VcpClient(http), result.GetRequiredValue(state), expected, TimeSpan.FromSeconds(seconds), console);
            return await follower.RunAsync(result.GetValue(once), cancellationToken);
        });
        return command;
    }
}
