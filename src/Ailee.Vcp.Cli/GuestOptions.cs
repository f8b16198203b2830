using System.CommandLine;
using System.Text.Json;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Cli;

/// <summary>What <c>run</c> and <c>submit</c> both say about a guest, as the wasmtime CLI spells it where it has a word for it.</summary>
internal sealed class GuestOptions
{
    private readonly Argument<string> _module = new("module") { Description = "A WebAssembly module, binary or text." };
    private readonly Argument<string[]> _arguments = new("args") { Description = "The guest's arguments; write them after '--'.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _input = new("--input") { Description = "A file for stdin, '-' for this program's; with --invoke, the bytes that the function takes. Default: this program's stdin, if a command reads it and it is not a terminal." };
    private readonly Option<string[]> _env = new("--env") { Description = "A variable as K=V; K alone takes its value from this program's.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _invoke = new("--invoke") { Description = "Call this exported function instead of _start." };
    private readonly Option<string?> _seed = new("--seed") { Description = "Where random numbers come from: 64 hexadecimal digits. Default: zeros." };
    private readonly Option<DateTimeOffset?> _clock = new("--clock") { Description = "Where the guest's clock starts. Default: 2000-01-01T00:00:00Z." };
    private readonly Option<long?> _instructions = new("--instructions") { Description = "Most instructions." };
    private readonly Option<long?> _memory = new("--memory") { Description = "Most bytes of linear memory." };
    private readonly Option<long?> _scratch = new("--scratch") { Description = "Most bytes in files that the guest makes or changes." };
    private readonly Option<string[]> _output = new("--output") { Description = "A file or directory to bring back, with *, ? and **; may be given again.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _out = new("--out") { Description = "The directory that those files are written to; without --output everything that the guest left." };
    private readonly Option<int?> _timeout = new("--timeout-ms") { Description = "Wall time in milliseconds." };
    private readonly string[] _guestArguments;

    public GuestOptions(Command command, string[] guestArguments)
    {
        _guestArguments = guestArguments;
        command.Arguments.Add(_module);
        command.Arguments.Add(_arguments);
        foreach (var option in new Option[] { _input, _env, _invoke, _seed, _clock, _instructions, _memory, _timeout, _scratch, _output, _out, Json })
        {
            command.Options.Add(option);
        }
    }

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object instead of the guest's output." };

    public string ModulePath(ParseResult result) => result.GetRequiredValue(_module);

    /// <summary>Where files that come back are written, or null.</summary>
    public OutputDirectory? OutputDirectory(ParseResult result) => result.GetValue(_out) is { } directory ? new OutputDirectory(directory) : null;

    public string? InputPath(ParseResult result) => result.GetValue(_input);

    /// <summary>The request, without module digest and stdin. Arguments are strings, which every entrypoint takes.</summary>
    public TaskRequest ToRequest(ParseResult result, CliConsole console)
    {
        var entrypoint = result.GetValue(_invoke);
        var arguments = (result.GetValue(_arguments) ?? []).Concat(_guestArguments).Select(argument => JsonSerializer.SerializeToElement(argument, CliJson.Default.String)).ToList();
        return new TaskRequest
        {
            Module = string.Empty,
            Entrypoint = entrypoint,
            Args = arguments,
            Env = Environment(result, console),
            Seed = result.GetValue(_seed),
            Clock = result.GetValue(_clock),
            Limits = new TaskLimits { Instructions = result.GetValue(_instructions), MemoryBytes = result.GetValue(_memory), TimeoutMs = result.GetValue(_timeout), ScratchBytes = result.GetValue(_scratch) },
            Outputs = result.GetValue(_output) is { Length: > 0 } outputs ? outputs : result.GetValue(_out) is null ? null : ["**"],
        };
    }

    /// <summary>The bytes of a module and what they are sent as.</summary>
    public async Task<(byte[] Bytes, string MediaType)> ReadModuleAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(ModulePath(result), cancellationToken);
        return (bytes, bytes.AsSpan().StartsWith("\0asm"u8) ? MediaTypes.Wasm : MediaTypes.Wat);
    }

    /// <summary>Stdin for the guest: a file, or this program's if the guest reads and somebody may write.</summary>
    public async Task<byte[]> ReadStdinAsync(ParseResult result, CliConsole console, bool guestReads, CancellationToken cancellationToken) => InputPath(result) switch
    {
        null => guestReads && console.HasInput ? await console.ReadInputAsync(cancellationToken) : [],
        "-" => await console.ReadInputAsync(cancellationToken),
        var path => await File.ReadAllBytesAsync(path, cancellationToken),
    };

    private Dictionary<string, string>? Environment(ParseResult result, CliConsole console)
    {
        var variables = result.GetValue(_env) ?? [];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            var at = variable.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? variable : variable[..at];
            environment[name] = at < 0 ? console.Variable(name) ?? throw new CliException($"--env {name}: there is no such variable.") : variable[(at + 1)..];
        }

        return variables.Length == 0 ? null : environment;
    }
}
