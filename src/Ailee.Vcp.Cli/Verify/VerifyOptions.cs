using System.CommandLine;
using Ailee.Vcp.Cli.Export;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Cli.Traces;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What <c>verify</c> is given beside the files.</summary>
internal sealed class VerifyOptions
{
    private readonly Option<string?> _module = new("--module") { Description = "The module that must have run." };
    private readonly Option<string?> _invocation = new("--invocation") { Description = "The invocation record, as 'submit' saves it." };
    private readonly Option<string?> _input = new("--input") { Description = "The guest's stdin; needs --invocation." };
    private readonly Option<string?> _output = new("--output") { Description = "The output record, as 'submit' saves it." };
    private readonly Option<string?> _stdout = new("--stdout") { Description = "The guest's stdout; needs --output." };
    private readonly Option<string?> _trace = new("--trace") { Description = "The trace, as 'run --trace' or a server writes it." };
    private readonly Option<string?> _bundle = new("--bundle") { Description = "The bundle below the guest's file system, as 'submit' saves it: a tar, or the directory itself; needs --invocation." };
    private readonly Option<string?> _files = new("--files") { Description = "The directory with the files that came back; needs --output." };
    private readonly Option<string?> _key = new("--key") { Description = "The public key that must have signed: base64url, or a file with it." };
    private readonly Option<string?> _logKey = new("--log-key") { Description = "The key of the log that must hold it: a C2SP verifier key, or a file with it." };
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "A checkpoint of the log, of the receipt's size; needs --log-key." };
    private readonly Option<string?> _genesis = new("--genesis") { Description = "The log's first entry, with its receipt: ties the orchestrator's key to the log's." };
    private readonly Option<string[]> _enrolment = new("--enrolment") { Description = "The logged enrolment of the node; may be given again, for other nodes.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string[]> _certificate = new("--certificate") { Description = "The logged certificate of the quorum; may be given again, for other tasks.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _orchestratorKey = new("--orchestrator-key") { Description = "The key of the orchestrator: base64url, or a file with it." };

    public VerifyOptions(Command command)
    {
        foreach (var option in new Option[] { _module, _invocation, _input, _output, _stdout, _bundle, _files, _trace, _key, _logKey, _checkpoint, _genesis, _enrolment, _certificate, _orchestratorKey })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads whatever was given; of a directory that <c>export</c> wrote, whatever was not given beside it.</summary>
    public async Task<VerifyInputs> ReadAsync(ParseResult parsed, string? exported, CancellationToken cancellationToken)
    {
        string? Given(Option<string?> option, string name) => parsed.GetValue(option) ?? InExport(exported, name);
        var (tracePath, trace) = (parsed.GetValue(_trace), await ReadAsync(parsed.GetValue(_trace), cancellationToken));
        var bundle = await ReadBundleAsync(parsed.GetValue(_bundle), cancellationToken);
        var output = await ReadAsync(Given(_output, ExportDirectory.Output), cancellationToken);
        var logKey = Given(_logKey, ExportDirectory.LogKey);
        var evidence = new Evidence
        {
            Key = parsed.GetValue(_key) is { } key ? KeyText.Parse(key) : null,
            LogKey = logKey is null ? null : LogKeyText.Parse(logKey),
            OrchestratorKey = parsed.GetValue(_orchestratorKey) is { } orchestrator ? KeyText.Parse(orchestrator) : null,
            Checkpoint = await ReadAsync(Given(_checkpoint, ExportDirectory.Checkpoint), cancellationToken),
            Genesis = await ReadAsync(Given(_genesis, ExportDirectory.Genesis), cancellationToken),
            Module = await ReadAsync(parsed.GetValue(_module), cancellationToken),
            Invocation = await ReadAsync(Given(_invocation, ExportDirectory.Invocation), cancellationToken),
            Stdin = await ReadAsync(Given(_input, ExportDirectory.Stdin), cancellationToken),
            Output = output,
            Files = parsed.GetValue(_files) is { } directory ? ReadFiles(directory, output) : null,
            Stdout = await ReadAsync(Given(_stdout, ExportDirectory.Stdout), cancellationToken),
        };
        var enrolments = parsed.GetValue(_enrolment) is { Length: > 0 } given ? given : exported is null ? [] : ExportDirectory.Enrolments(exported);
        var certificates = parsed.GetValue(_certificate) is { Length: > 0 } named ? named : InExport(exported, ExportDirectory.Certificate) is { } certificate ? [certificate] : [];
        return new VerifyInputs(
            evidence,
            bundle,
            trace is { } bytes ? hash => TraceSource.ReadFile(tracePath!, bytes.ToArray(), hash) : null,
            await ReadAllAsync(enrolments, cancellationToken),
            await ReadAllAsync(certificates, cancellationToken),
            LogKeyIsExported: exported is not null && parsed.GetValue(_logKey) is null);
    }

    private static string? InExport(string? directory, string name) =>
        directory is not null && ExportDirectory.Has(Path.Combine(directory, name)) ? Path.Combine(directory, name) : null;

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

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAllAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var files = new List<ReadOnlyMemory<byte>>(paths.Count);
        foreach (var path in paths)
        {
            files.Add(await File.ReadAllBytesAsync(path, cancellationToken));
        }

        return files;
    }
}
