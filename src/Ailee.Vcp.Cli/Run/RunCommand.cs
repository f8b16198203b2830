using System.CommandLine;
using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Cli.Run;

/// <summary><c>vcp run</c>: the sandbox of a node, here and now, without a server and without a statement.</summary>
internal static class RunCommand
{
    public static Command Create(CliConsole console, string[] guestArguments)
    {
        var command = new Command("run", "Run a module in the local sandbox and exit with the guest's exit code.");
        var guest = new GuestOptions(command, guestArguments);
        command.SetAction((result, cancellationToken) => RunAsync(guest, result, console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(GuestOptions guest, ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
    {
        var asked = guest.ToRequest(parsed, console);
        var options = Limits(asked.Limits!);
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new CliException(problem);
        }

        var (file, mediaType) = await guest.ReadModuleAsync(parsed, cancellationToken);
        using var sandbox = new LocalSandbox(options);
        var bytes = mediaType == MediaTypes.Wat ? await sandbox.ConvertTextAsync(file, cancellationToken) : file;
        using var module = await sandbox.PrepareAsync(bytes, cancellationToken);
        var reads = module.Description.Imports.Any(import => import.Name == "fd_read");
        var stdin = await guest.ReadStdinAsync(parsed, console, reads, cancellationToken);
        var request = new ExecutionRequest
        {
            Module = Digest.Of(bytes.Span),
            Entrypoint = asked.Entrypoint ?? ModuleDescription.CommandEntrypoint,
            Invocation = Invocation(asked, module.Description, stdin, options),
            Stdin = stdin,
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
        };
        return Show(await sandbox.RunAsync(module, request, cancellationToken), parsed.GetValue(guest.Json), console);
    }

    // A command line may raise the limits too: the machine is the user's own.
    private static SandboxOptions Limits(TaskLimits asked)
    {
        var options = new SandboxOptions();
        options.Instructions = asked.Instructions ?? options.Instructions;
        options.MemoryBytes = asked.MemoryBytes ?? options.MemoryBytes;
        options.TimeoutMs = asked.TimeoutMs ?? options.TimeoutMs;
        return options;
    }

    private static Invocation Invocation(TaskRequest asked, ModuleDescription module, byte[] stdin, SandboxOptions options)
    {
        var name = asked.Entrypoint ?? ModuleDescription.CommandEntrypoint;
        var functions = module.Exports.Where(export => export.Signature is not null).ToList();
        var signature = functions.FirstOrDefault(export => export.Name == name)?.Signature;
        Require(Entrypoint.Check(name, signature, functions.Select(export => export.Name)));
        var arguments = asked.Args!.Select(argument => argument.GetString()!).ToList();
        var environment = asked.Env ?? new Dictionary<string, string>();
        List<ScalarValue>? values = null;
        Require(name == ModuleDescription.CommandEntrypoint
            ? Entrypoint.CheckCommand(arguments, environment)
            : Entrypoint.ParseArguments(name, signature!, arguments, out values));
        if (!InvocationText.TryParseSeed(asked.Seed, out var seed))
        {
            throw new CliException("--seed must be 64 hexadecimal digits.");
        }

        if (!InvocationText.TryClock(asked.Clock, out var clock))
        {
            throw new CliException("--clock must lie between 1970 and 2554.");
        }

        return new Invocation
        {
            Arguments = values is null ? arguments : [],
            FunctionArguments = values,
            Environment = values is null ? environment : new Dictionary<string, string>(),
            Stdin = Blob.Of(stdin),
            Seed = seed,
            ClockNanoseconds = clock,
            Limits = new DeterministicLimits(options.MemoryBytes, options.Instructions, options.StdoutBytes, options.StderrBytes, options.TableElements),
        };
    }

    private static void Require(EntrypointProblem? problem)
    {
        if (problem is not null)
        {
            throw new CliException($"{problem.Message} ({problem.Code})");
        }
    }

    private static int Show(ExecutionResult result, bool json, CliConsole console)
    {
        if (result is ExecutionResult.Inconclusive inconclusive)
        {
            throw new CliException($"{inconclusive.Detail} ({inconclusive.Reason.ToName()})", ExitCodes.Inconclusive);
        }

        var run = (ExecutionResult.Conclusive)result;
        if (json)
        {
            console.Print(CliJson.Write(RunReport.Create(run)));
        }
        else
        {
            console.Stdout.Write(run.Stdout.Span);
            console.Stderr.Write(run.Stderr.Span);
            foreach (var value in run.Output.Results)
            {
                console.Print(value.ToString());
            }

            if (run.Outcome != Outcome.Completed)
            {
                console.Tell(string.Create(CultureInfo.InvariantCulture, $"{run.Outcome.ToName()}{(run.Output.Trap is null ? string.Empty : $": {run.Output.Trap}")} after {run.Instructions} instructions"));
            }
        }

        return ExitCodes.Of(run.Outcome.ToName(), run.ExitCode);
    }
}
