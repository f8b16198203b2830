using System.CommandLine;

namespace Ailee.Vcp.Cli.Log;

/// <summary><c>vcp log</c>: what a stranger, a monitor or an operator asks of a log.</summary>
internal static class LogCommand
{
    public static Command Create(CliConsole console) => new("log", "Check a whole log, or watch one.") { FsckCommand.Create(console), FollowCommand.Create(console) };
}
