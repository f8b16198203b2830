using System.Text;
using System.Text.Unicode;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Cli.Run;

/// <summary>What <c>run --json</c> prints about a conclusive run. Digests are those that a statement would carry.</summary>
internal sealed record RunReport(
    string Outcome,
    long? ExitCode,
    string? Trap,
    IReadOnlyList<string> Results,
    string? Stdout,
    string? StdoutBase64,
    string? Stderr,
    string? StderrBase64,
    string Hash,
    string Module,
    string Input,
    string Output,
    string TraceRoot,
    long TraceLeaves,
    long Instructions,
    long Gas,
    long MemoryBytes,
    double WallTimeMs,
    string? Bundle,
    IReadOnlyList<RunFile> Files)
{
    private const long PageBytes = 65536;

    public static RunReport Create(ExecutionResult.Conclusive run) => new(
        run.Outcome.ToName(),
        run.Outcome == Core.Execution.Outcome.Completed ? run.ExitCode : null,
        run.Output.Trap,
        [.. run.Output.Results.Select(result => result.ToString())],
        Text(run.Stdout),
        Base64(run.Stdout),
        Text(run.Stderr),
        Base64(run.Stderr),
        run.Request.Hash.Name,
        run.Request.Hash.Text(run.Request.ModuleDigest ?? run.Request.Module),
        run.Request.Hash.Text(run.InputDigest),
        run.Request.Hash.Text(run.OutputDigest),
        run.Request.Hash.Text(run.Trace.Root),
        run.Trace.LeafCount,
        run.Instructions,
        run.Gas,
        run.MemoryPages * PageBytes,
        run.WallTime.TotalMilliseconds,
        run.Request.Invocation.Bundle is { } bundle ? run.Request.Hash.Text(bundle) : null,
        [.. run.Output.Files.Zip(run.Files, (file, content) => new RunFile(file.Path, content.Length, Core.Digest.Of(content.Span).ToString()))]);

    private static string? Text(ReadOnlyMemory<byte> bytes) => Utf8.IsValid(bytes.Span) ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static string? Base64(ReadOnlyMemory<byte> bytes) => Utf8.IsValid(bytes.Span) ? null : Convert.ToBase64String(bytes.Span);
}

/// <summary>A file that the guest gave back, and the SHA-256 of its bytes.</summary>
internal sealed record RunFile(string Path, long SizeBytes, string Digest);
