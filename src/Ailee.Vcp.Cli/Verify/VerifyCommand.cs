using System.CommandLine;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Cli.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary><c>vcp verify</c>: everything that can be said of a proof without a server.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Proof = new("proof") { Description = "The statement, a COSE file." };
    private static readonly Option<string?> Module = new("--module") { Description = "The module that must have run." };
    private static readonly Option<string?> Invocation = new("--invocation") { Description = "The invocation record, as 'submit' saves it." };
    private static readonly Option<string?> Input = new("--input") { Description = "The guest's stdin; needs --invocation." };
    private static readonly Option<string?> Output = new("--output") { Description = "The output record, as 'submit' saves it." };
    private static readonly Option<string?> Stdout = new("--stdout") { Description = "The guest's stdout; needs --output." };
    private static readonly Option<string?> Trace = new("--trace") { Description = "The trace, as 'run --trace' or a server writes it." };
    private static readonly Option<string?> Leaf = new("--leaf") { Description = "One leaf of the trace with its inclusion path, as a server answers it: JSON." };
    private static readonly Option<string?> Chunk = new("--chunk") { Description = "A part of the output with its inclusion paths, as a server answers it: JSON." };
    private static readonly Option<string?> BundleOption = new("--bundle") { Description = "The bundle below the guest's file system, as 'submit' saves it: a tar, or the directory itself; needs --invocation." };
    private static readonly Option<string?> Files = new("--files") { Description = "The directory with the files that came back; needs --output." };
    private static readonly Option<string?> Key = new("--key") { Description = "The public key that must have signed: base64url, or a file with it." };
    private static readonly Option<bool> ReplayIt = new("--replay") { Description = "Run it again and compare; needs --module and --invocation." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create(CliConsole console)
    {
        var command = new Command("verify", "Check a proof offline. Exits with 0 if it is valid, 1 if not, 3 if --replay has another profile.")
        {
            Proof, Module, Invocation, Input, Output, Stdout, BundleOption, Files, Trace, Leaf, Chunk, Key, ReplayIt, Json,
        };
        command.SetAction((result, cancellationToken) => VerifyAsync(result, console, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
    {
        var proof = await File.ReadAllBytesAsync(parsed.GetRequiredValue(Proof), cancellationToken);
        var hash = SignedStatement.TryDecode(proof, out _)?.Payload.Hash ?? ContentHash.Sha256;
        var bundle = await ReadBundleAsync(parsed.GetValue(BundleOption), cancellationToken);
        // What cannot be hashed here is no evidence; the verifier says so.
        var evidence = hash.IsSupported ? await ReadEvidenceAsync(parsed, hash, bundle, cancellationToken) : Evidence.None;
        var report = StatementVerifier.Verify(proof, evidence);
        var checks = report.Checks.ToList();
        if (parsed.GetValue(Leaf) is { } leaf && report.Statement is { } statement)
        {
            checks.Add(LeafCheck.Run(statement.Payload, await File.ReadAllBytesAsync(leaf, cancellationToken)));
        }

        if (parsed.GetValue(Chunk) is { } chunk && report.Statement is { } signed)
        {
            checks.Add(ChunkCheck.Run(signed.Payload, await File.ReadAllBytesAsync(chunk, cancellationToken)));
        }

        if (parsed.GetValue(ReplayIt) && report is { Valid: true, Statement: { } replayed })
        {
            checks.Add(await Replay.RunAsync(replayed, evidence, bundle, cancellationToken));
        }

        var result = VerifyReport.Create(checks, report.Statement);
        Show(result, parsed.GetValue(Json), console);
        return result.Valid ? ExitCodes.Success : ExitCodes.Invalid;
    }

    private static async Task<Evidence> ReadEvidenceAsync(ParseResult parsed, ContentHash hash, Bundle? bundle, CancellationToken cancellationToken)
    {
        var trace = parsed.GetValue(Trace) is { } path ? TraceSource.ReadFile(path, await File.ReadAllBytesAsync(path, cancellationToken), hash) : null;
        var output = await ReadAsync(parsed.GetValue(Output), cancellationToken);
        return new Evidence
        {
            Key = parsed.GetValue(Key) is { } key ? KeyText.Parse(key) : null,
            Module = await ReadAsync(parsed.GetValue(Module), cancellationToken),
            Invocation = await ReadAsync(parsed.GetValue(Invocation), cancellationToken),
            Stdin = await ReadAsync(parsed.GetValue(Input), cancellationToken),
            BundleManifest = bundle?.ManifestUnder(hash),
            Output = output,
            Files = parsed.GetValue(Files) is { } directory ? ReadFiles(directory, output) : null,
            Stdout = await ReadAsync(parsed.GetValue(Stdout), cancellationToken),
            TraceHashes = trace?.LeafHashes,
            TraceLeaves = trace?.Leaves.TakeWhile(leaf => leaf is not null).Select(leaf => leaf!.Value).ToList(),
        };
    }

    private static void Show(VerifyReport report, bool json, CliConsole console)
    {
        if (json)
        {
            console.Print(CliJson.Write(report));
            return;
        }

        foreach (var check in report.Checks)
        {
            console.Print($"{(check.Ok ? "ok    " : "FAILED")} {check.Name,-15} {check.Detail}");
        }

        if (report.Claims is { } claims && report.Valid)
        {
            console.Print(string.Empty);
            console.Print($"Node {claims.Node} says that on {claims.IssuedAt} it ran {claims.Entrypoint} of");
            console.Print($"module {claims.Module} for task {claims.Task}:");
            console.Print($"{claims.Outcome}{(claims.ExitCode is { } code ? $" with exit code {code}" : string.Empty)}, {claims.Instructions} instructions, {claims.Gas} gas.");
        }

        console.Print(report.Valid ? "VALID" : "NOT VALID");
    }

    private static async Task<Bundle?> ReadBundleAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null || Directory.Exists(path))
        {
            return path is null ? null : DirectoryPacker.Pack(path);
        }

        try
        {
            await using var tar = File.OpenRead(path);
            return await BundleTarReader.ReadAsync(tar, BundleLimits.Widest, cancellationToken);
        }
        catch (BundleException exception)
        {
            throw new CliException($"{path} is no bundle: {exception.Message} ({exception.Code})");
        }
    }

    // Only what the record names: other files may lie beside them. One that is missing is a check that fails.
    private static Dictionary<string, ReadOnlyMemory<byte>> ReadFiles(string path, ReadOnlyMemory<byte>? record)
    {
        var directory = new OutputDirectory(path);
        var files = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var file in (record is { } bytes ? OutputRecord.TryDecode(bytes, out _) : null)?.Files ?? [])
        {
            if (directory.Read(file.Path) is { } content)
            {
                files.Add(file.Path, content);
            }
        }

        return files;
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return null;
        }

        return await File.ReadAllBytesAsync(path, cancellationToken);
    }
}
