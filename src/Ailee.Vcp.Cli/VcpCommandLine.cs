using System.CommandLine;
using System.Text.Json;
using Ailee.Vcp.Cli.Audit;
using Ailee.Vcp.Cli.Backup;
using Ailee.Vcp.Cli.Export;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Cli.Ledger;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Cli.Node;
using Ailee.Vcp.Cli.Nodes;
using Ailee.Vcp.Cli.Run;
using Ailee.Vcp.Cli.Submit;
using Ailee.Vcp.Cli.Traces;
using Ailee.Vcp.Cli.Verify;
using Ailee.Vcp.Client;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli;

/// <summary>Parses and runs. Whatever goes wrong becomes one sentence on stderr and an exit code.</summary>
internal static class VcpCommandLine
{
    // A node waits for its guests and gives its leases back.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(string[] args, CliConsole console)
    {
        // What follows the first "--" is the guest's, whatever it looks like; options may stand anywhere before it.
        var separator = Array.IndexOf(args, "--");
        var (own, guest) = separator < 0 ? (args, []) : (args[..separator], args[(separator + 1)..]);
        var root = new RootCommand("Run WebAssembly deterministically, submit it to a server, and verify what comes back.")
        {
            RunCommand.Create(console, guest),
            SubmitCommand.Create(console, guest),
            VerifyCommand.Create(console),
            ExportCommand.Create(console),
            LogCommand.Create(console),
            LedgerCommand.Create(console),
            BackupCommand.Create(console),
            RestoreCommand.Create(console),
            TraceCommand.Create(console),
            KeysCommand.Create(console),
            AuditCommand.Create(console),
            NodeCommand.Create(console),
            NodesCommand.Create(console),
        };
        // "@x" is an argument like any other, not a response file.
        var result = root.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
            {
                console.Tell(error.Message);
            }

            console.Tell("See 'vcp --help'.");
            return ExitCodes.Failure;
        }

        using var output = new StringWriter();
        try
        {
            var code = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, ProcessTerminationTimeout = LongestStop });
            console.Stdout.Write(System.Text.Encoding.UTF8.GetBytes(output.ToString()));
            return code;
        }
        catch (Exception exception) when (Explain(exception) is { } failure)
        {
            console.Tell(failure.Message);
            return failure.ExitCode;
        }
    }

    private static CliException? Explain(Exception exception) => exception switch
    {
        CliException known => known,
        EngineRefusedException engine => new CliException(engine.Message),
        ModuleException module => new CliException($"{module.Message} ({module.Code})"),
        VcpApiException refused => new CliException($"The server refused: {refused.Message}"),
        JsonException or FormatException => new CliException($"The server's answer cannot be read: {exception.Message}"),
        SqliteException damaged => new CliException($"The database cannot be read: {damaged.Message}"),
        HttpRequestException unreachable => new CliException($"The server cannot be reached: {unreachable.Message}"),
        IOException or UnauthorizedAccessException or InvalidDataException => new CliException(exception.Message),
        OperationCanceledException => new CliException("Interrupted.", ExitCodes.Inconclusive),
        _ => null,
    };
}
