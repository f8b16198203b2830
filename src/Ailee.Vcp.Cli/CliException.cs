namespace Ailee.Vcp.Cli;

/// <summary>Ends a command with a sentence for the user.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
