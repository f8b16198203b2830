using System.CommandLine;
using Ailee.Vcp.Cli.Export;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary><c>vcp verify</c>: everything that can be said of proofs without a server.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string[]> Proofs = new("proof") { Description = "Statements, COSE files; or one directory that 'export' wrote.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Leaf = new("--leaf") { Description = "One leaf of the trace with its inclusion path, as a server answers it: JSON." };
    private static readonly Option<string?> Chunk = new("--chunk") { Description = "A part of the output with its inclusion paths, as a server answers it: JSON." };
    private static readonly Option<bool> ReplayIt = new("--replay") { Description = "Run it again and compare; needs --module and --invocation." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create(CliConsole console)
    {
        var command = new Command("verify", "Check proofs offline. Exits with 0 if all are valid, 1 if not, 3 if --replay has another profile.") { Proofs, Leaf, Chunk, ReplayIt, Json };
        var options = new VerifyOptions(command);
        command.SetAction((result, cancellationToken) => VerifyAsync(result, options, console, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, VerifyOptions options, CliConsole console, CancellationToken cancellationToken)
    {
        var named = parsed.GetRequiredValue(Proofs);
        var exported = named is [var only] && Directory.Exists(only) ? only : null;
        var paths = exported is null ? named : ExportDirectory.Statements(exported);
        var inputs = await options.ReadAsync(parsed, exported, cancellationToken);
        var files = new List<ReadOnlyMemory<byte>>(paths.Count);
        foreach (var path in paths)
        {
            files.Add(await File.ReadAllBytesAsync(path, cancellationToken));
        }

        var evidence = files.ConvertAll(inputs.Of);
        var reports = StatementVerifier.VerifyAll(files, index => evidence[index]);
        var results = new List<VerifyReport>(paths.Count);
        for (var i = 0; i < paths.Count; i++)
        {
            var checks = await CheckFurtherAsync(parsed, reports[i], evidence[i], inputs, cancellationToken);
            results.Add(VerifyReport.Create(checks, reports[i], evidence[i], inputs.LogKeyIsExported));
        }

        if (results is [var single])
        {
            VerifyText.Show(single, parsed.GetValue(Json), console);
            return single.Valid ? ExitCodes.Success : ExitCodes.Invalid;
        }

        var all = VerifyReports.Create(paths, results);
        VerifyText.Show(all, parsed.GetValue(Json), console);
        return all.Valid ? ExitCodes.Success : ExitCodes.Invalid;
    }

    private static async Task<List<StatementCheck>> CheckFurtherAsync(ParseResult parsed, VerificationReport report, Evidence evidence, VerifyInputs inputs, CancellationToken cancellationToken)
    {
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
            checks.Add(await Replay.RunAsync(replayed, evidence, inputs.Bundle, cancellationToken));
        }

        var asked = parsed.GetValue(ReplayIt) ? Replay.CheckName
            : parsed.GetValue(Leaf) is not null ? LeafCheck.CheckName
            : parsed.GetValue(Chunk) is not null ? ChunkEvidence.CheckName
            : null;
        if (report.Orchestrator is not null && asked is not null)
        {
            checks.Add(new StatementCheck(asked, false, "This is no statement about an execution."));
        }

        return checks;
    }
}
