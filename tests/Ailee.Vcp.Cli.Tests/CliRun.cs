using System.Text;

namespace Ailee.Vcp.Cli.Tests;

/// <summary>One call of the command line with streams of its own.</summary>
internal sealed record CliRun(int ExitCode, byte[] StdoutBytes, string Stderr)
{
    public string Stdout => Encoding.UTF8.GetString(StdoutBytes);

    public static async Task<CliRun> OfAsync(string[] args, string? stdin = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(stdin ?? string.Empty));
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var console = new CliConsole(input, output, errors, stdin is not null, false, name => variables?.GetValueOrDefault(name));
        var exitCode = await VcpCommandLine.RunAsync(args, console);
        return new CliRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }

    public static Task<CliRun> OfAsync(params string[] args) => OfAsync(args, null);

    /// <summary>Path of a built guest of examples/guests.</summary>
    public static string Guest(string name) => Path.Combine(AppContext.BaseDirectory, "guests", name, name + ".wasm");
}
