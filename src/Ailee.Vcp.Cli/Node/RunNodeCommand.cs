using System.CommandLine;

namespace Ailee.Vcp.Cli.Node;

/// <summary><c>vcp node run</c>: works until it is told to stop.</summary>
internal static class RunNodeCommand
{
    public static Command Create(CliConsole console)
    {
        var directory = NodeCommand.DirectoryOption();
        var command = new Command("run", "Take tasks from the server that this node joined, until SIGTERM or Ctrl-C. A server that cannot be reached is waited for.") { directory };
        command.SetAction(async (result, cancellationToken) => await RunningNode.RunAsync(NodeCommand.DirectoryOf(result.GetValue(directory), console), console, cancellationToken));
        return command;
    }
}
