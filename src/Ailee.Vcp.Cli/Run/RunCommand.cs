using System.CommandLine;
using System.Globalization;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;
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
        var trace = new Option<string?>("--trace") { Description = "Where the trace goes: what the guest did at its boundary. Read it with 'vcp trace'." };
        var directories = new Option<string[]>("--dir") { Description = "A directory that the guest sees a snapshot of, as HOST or HOST::GUEST; may be given again.", AllowMultipleArgumentsPerToken = false };
        var hash = HashOption.Create("The hash of the digests that are shown and written, as in a server's statement:");
        command.Options.Add(trace);
        command.Options.Add(hash);
        command.Options.Add(directories);
        command.SetAction((result, cancellationToken) => RunAsync(guest, result.GetValue(directories) ?? [], result.GetValue(trace), HashOption.Parse(result.GetRequiredValue(hash)), result, console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(GuestOptions guest, string[] directories, string? tracePath, ContentHash hash, ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
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
        var reads = asked.Entrypoint is null && module.Description.Imports.Any(import => import.Name == "fd_read");
        var stdin = await guest.ReadStdinAsync(parsed, console, reads, cancellationToken);
        var bundle = DirectoryPacker.Pack(directories);
        var request = new ExecutionRequest
        {
            Module = Digest.Of(bytes.Span),
            Hash = hash,
            ModuleDigest = hash.Of(bytes.Span),
            Entrypoint = asked.Entrypoint ?? ModuleDescription.CommandEntrypoint,
            Invocation = Invocation(asked, module.Description, guest.InputPath(parsed) is not null, options) with { Stdin = Blob.Of(stdin, hash), Bundle = bundle?.DigestUnder(hash), Outputs = Outputs(asked) },
            Stdin = stdin,
            Bundle = bundle,
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
        };
        var ended = await sandbox.RunAsync(module, request, cancellationToken);
        if (ended is ExecutionResult.Conclusive run)
        {
            WriteFiles(run, guest.OutputDirectory(parsed));
            Save(run.Trace.ToKept(), tracePath);
        }

        return Show(ended, parsed.GetValue(guest.Json), console);
    }

    private static void Save(KeptTrace trace, string? path)
    {
        if (path is not null)
        {
            using var file = File.Create(path);
            TraceFile.Write(file, trace);
        }
    }

    private static IReadOnlyList<string> Outputs(TaskRequest asked) =>
        OutputPatterns.TryParse(asked.Outputs ?? [], out var patterns, out var problem) ? patterns.Canonical : throw new CliException($"--output: {problem} (outputs-invalid)");

    private static void WriteFiles(ExecutionResult.Conclusive run, OutputDirectory? directory)
    {
        foreach (var (file, content) in run.Output.Files.Zip(run.Files))
        {
            directory?.Write(file, content.Span, run.Request.Hash);
        }
    }

    // A command line may raise the limits too: the machine is the user's own.
    private static SandboxOptions Limits(TaskLimits asked)
    {
        var options = new SandboxOptions();
        options.Instructions = asked.Instructions ?? options.Instructions;
        options.MemoryBytes = asked.MemoryBytes ?? options.MemoryBytes;
        options.TimeoutMs = asked.TimeoutMs ?? options.TimeoutMs;
        // Beyond what an int holds it is out of range as well.
        options.ScratchBytes = (int)Math.Clamp(asked.ScratchBytes ?? options.ScratchBytes, -1, int.MaxValue);
        return options;
    }

    private static Invocation Invocation(TaskRequest asked, ModuleDescription module, bool hasInput, SandboxOptions options)
    {
        var name = asked.Entrypoint ?? ModuleDescription.CommandEntrypoint;
        var functions = module.Exports.Where(export => export.Signature is not null).ToList();
        var signature = functions.FirstOrDefault(export => export.Name == name)?.Signature;
        Require(Entrypoint.Check(name, signature, functions.Select(export => export.Name)));
        var arguments = asked.Args!.Select(argument => argument.GetString()!).ToList();
        var environment = asked.Env ?? new Dictionary<string, string>();
        var isCommand = name == ModuleDescription.CommandEntrypoint;
        var passesBytes = !isCommand && hasInput;
        if (passesBytes && arguments.Count > 0)
        {
            throw new CliException("A function takes either arguments or --input. (arguments-invalid)");
        }

        List<ScalarValue>? values = null;
        Require(Entrypoint.CheckCommand(isCommand ? arguments : [], environment));
        Require(isCommand ? null
            : passesBytes ? Entrypoint.CheckBytes(name, export => functions.FirstOrDefault(function => function.Name == export)?.Signature)
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
            Arguments = isCommand ? arguments : [],
            FunctionArguments = values,
            PassesBytes = passesBytes,
            Environment = environment,
            Seed = seed,
            ClockNanoseconds = clock,
            Limits = new DeterministicLimits(options.MemoryBytes, options.Instructions, options.StdoutBytes, options.StderrBytes, options.TableElements, options.ScratchBytes, options.ScratchEntries, options.Descriptors),
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
