using System.Text;

namespace Ailee.Vcp.Cli;

/// <summary>The process's streams and surroundings, replaceable in tests.</summary>
/// <param name="Stdin">Bytes from outside.</param>
/// <param name="Stdout">The guest's bytes, or JSON.</param>
/// <param name="Stderr">Messages for people.</param>
/// <param name="HasInput">False if stdin is a terminal: then nobody waits for it.</param>
/// <param name="IsInteractive">Whether stderr is a terminal that can show progress.</param>
/// <param name="Variable">Looks up an environment variable.</param>
internal sealed record CliConsole(Stream Stdin, Stream Stdout, Stream Stderr, bool HasInput, bool IsInteractive, Func<string, string?> Variable)
{
    /// <summary>The clock, for whatever waits or tells the time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliConsole System() => new(
        Console.OpenStandardInput(),
        Console.OpenStandardOutput(),
        Console.OpenStandardError(),
        Console.IsInputRedirected,
        !Console.IsErrorRedirected,
        Environment.GetEnvironmentVariable);

    public void Print(string line) => Stdout.Write(Encoding.UTF8.GetBytes(TerminalText.Harmless(line) + "\n"));

    /// <summary>A sentence for people. What is under way goes on if it cannot be written, as on a full disk.</summary>
    public void Tell(string line) => Tell(Encoding.UTF8.GetBytes($"vcp: {TerminalText.Harmless(line)}\n"));

    /// <inheritdoc cref="Tell(string)"/>
    public void Tell(byte[] line)
    {
        try
        {
            lock (Stderr)
            {
                Stderr.Write(line);
                Stderr.Flush();
            }
        }
        catch (IOException)
        {
            // Nowhere is left to say so.
        }
    }

    public async Task<byte[]> ReadInputAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await Stdin.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }
}
