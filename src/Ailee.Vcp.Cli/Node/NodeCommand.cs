using System.CommandLine;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Cli.Node;

/// <summary><c>vcp node</c>: lends this machine to a server.</summary>
internal static class NodeCommand
{
    public static Command Create(CliConsole console) => new("node", "Lend this machine to a server: join once, then run.")
    {
        JoinCommand.Create(console),
        RunNodeCommand.Create(console),
        StatusCommand.Create(console),
        TrustCommand.Create(console),
    };

    /// <summary>The option <c>--directory</c>.</summary>
    public static Option<string?> DirectoryOption() => new("--directory")
    {
        Description = "Where the node keeps its key and what it remembers. Default: vcp-node in XDG_STATE_HOME, or ~/.local/state/vcp-node.",
    };

    /// <summary>The directory that is meant.</summary>
    public static NodeDirectory DirectoryOf(string? option, CliConsole console)
    {
        if (option is not null)
        {
            return new NodeDirectory(option);
        }

        if (console.Variable("XDG_STATE_HOME") is { Length: > 0 } state)
        {
            return new NodeDirectory(Path.Combine(state, "vcp-node"));
        }

        return console.Variable("HOME") is { Length: > 0 } home
            ? new NodeDirectory(Path.Combine(home, ".local", "state", "vcp-node"))
            : throw new CliException("There is no HOME to keep the node in; say where with --directory.");
    }

    /// <summary>What a node that joined remembers.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static NodeSettings SettingsOf(NodeDirectory directory) =>
        NodeSettings.Read(directory) ?? throw new CliException($"There is no node in {directory.Path}. Make one with 'vcp node join URL --token TOKEN'.");
}
