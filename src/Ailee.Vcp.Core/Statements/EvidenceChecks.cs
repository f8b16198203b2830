using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The checks against what a verifier holds beside the statement.</summary>
internal static class EvidenceChecks
{
    public static void Run(SignedStatement statement, Evidence evidence, List<StatementCheck> checks)
    {
        var payload = statement.Payload;
        // That nothing can be hashed is said by the execution hash.
        if (!payload.Hash.IsSupported)
        {
            return;
        }

        if (evidence.Module is { } module)
        {
            var digest = payload.Hash.Of(module.Span);
            var (given, named) = (payload.Hash.Text(digest), payload.Hash.Text(payload.Module));
            Add(checks, StatementChecks.Module, digest == payload.Module, $"The module is {given}.", $"The module given is {given}, the statement names {named}.");
        }

        var invocation = CheckInput(payload, evidence, checks);
        var output = CheckOutput(payload, evidence, checks);
        if (invocation is not null && output is not null)
        {
            CheckGas(payload, evidence, invocation, output, checks);
            var problem = LimitChecks.ProblemOf(payload, invocation, output);
            Add(checks, StatementChecks.Limits, problem is null, "A run under the invocation's limits can end so.", problem);
        }

        if (evidence.TraceHashes is not null || evidence.TraceLeaves is not null)
        {
            CheckTrace(payload, evidence, checks);
        }
    }

    private static Invocation? CheckInput(StatementPayload payload, Evidence evidence, List<StatementCheck> checks)
    {
        if (evidence.Invocation is not { } bytes)
        {
            if (evidence.Stdin is not null || evidence.BundleManifest is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Input, false, "Stdin and bundle can be checked only together with the invocation."));
            }

            return null;
        }

        // The digest first: decoding what belongs to no statement would be work for whoever sends it.
        if (payload.Hash.Of(bytes.Span) != payload.Input)
        {
            checks.Add(new StatementCheck(StatementChecks.Input, false, "The invocation given is not the one that the statement names."));
            return null;
        }

        var invocation = Invocation.TryDecode(bytes, out var fault);
        var problem = fault?.Detail
            ?? (evidence.Stdin is { } stdin && Blob.Of(stdin.Span, payload.Hash) != invocation!.Stdin ? "Stdin is not the one that the invocation commits to." : null)
            ?? (evidence.BundleManifest is { } bundle && payload.Hash.Of(bundle.Span) != invocation!.Bundle ? "The bundle is not the one that the invocation names." : null);
        Add(checks, StatementChecks.Input, problem is null, "The input is the one that the statement names.", problem);
        return problem is null ? invocation : null;
    }

    private static OutputRecord? CheckOutput(StatementPayload payload, Evidence evidence, List<StatementCheck> checks)
    {
        if (evidence.Output is not { } bytes)
        {
            if (evidence.Stdout is not null || evidence.Stderr is not null || evidence.Files is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Output, false, "Stdout, stderr and files can be checked only together with the output record."));
            }

            return null;
        }

        if (payload.Hash.Of(bytes.Span) != payload.Output)
        {
            checks.Add(new StatementCheck(StatementChecks.Output, false, "The output given is not the one that the statement names."));
            return null;
        }

        var output = OutputRecord.TryDecode(bytes, out var fault);
        var problem = fault?.Detail
            ?? (evidence.Stdout is { } stdout && Blob.Of(stdout.Span, payload.Hash) != output!.Stdout ? "Stdout is not the one that the output commits to." : null)
            ?? (evidence.Stderr is { } stderr && Blob.Of(stderr.Span, payload.Hash) != output!.Stderr ? "Stderr is not the one that the output commits to." : null)
            ?? (evidence.Files is { } files ? ProblemOfFiles(output!, files, payload.Hash) : null)
            ?? ((payload.Outcome == Outcome.Trapped) != (output!.Trap is not null) ? "The output names a trap exactly if the outcome is trapped." : null);
        Add(checks, StatementChecks.Output, problem is null, "The output is the one that the statement names.", problem);
        return problem is null ? output : null;
    }

    private static string? ProblemOfFiles(OutputRecord output, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, ContentHash hash) =>
        files.Count != output.Files.Count ? $"{files.Count} files are given, the output names {output.Files.Count}."
        : output.Files.All(file => files.TryGetValue(file.Path, out var bytes) && Blob.Of(bytes.Span, hash) == file.Content) ? null
        : "A file is not the one that the output commits to.";

    private static void CheckGas(StatementPayload payload, Evidence evidence, Invocation invocation, OutputRecord output, List<StatementCheck> checks)
    {
        var inputBytes = (UInt128)evidence.Invocation!.Value.Length + (UInt128)invocation.Stdin.Length;
        var outputBytes = (UInt128)evidence.Output!.Value.Length + (UInt128)output.Stdout.Length + (UInt128)output.Stderr.Length + FileBytes(output.Files);
        // 128 bits: lengths come from the evidence and may be absurd.
        var expected = (UInt128)payload.Instructions + ((UInt128)GasSchedule.MemoryPage * (UInt128)payload.MemoryPages)
            + ((UInt128)GasSchedule.InputByte * inputBytes) + ((UInt128)GasSchedule.OutputByte * outputBytes);
        var problem = expected != (UInt128)payload.Gas ? $"The schedule gives {expected}, the statement says {payload.Gas}."
            : null;
        Add(checks, StatementChecks.Gas, problem is null, "Recomputed from the schedule.", problem);
    }

    /// <summary>Bytes of files as the record claims them, which may be absurd.</summary>
    internal static UInt128 FileBytes(IEnumerable<OutputFile> files) => files.Aggregate((UInt128)0, (sum, file) => sum + (UInt128)file.Content.Length);

    private static void CheckTrace(StatementPayload payload, Evidence evidence, List<StatementCheck> checks)
    {
        List<Digest> ofLeaves = [.. (evidence.TraceLeaves ?? []).Select(leaf => payload.Hash.Leaf(leaf.Span))];
        var hashes = evidence.TraceHashes ?? ofLeaves;
        var tree = new MerkleTreeBuilder(payload.Hash);
        foreach (var hash in hashes)
        {
            tree.Append(hash);
        }

        var isNamed = tree.Count == payload.TraceLeaves && tree.Root() == payload.TraceRoot && hashes.Take(ofLeaves.Count).SequenceEqual(ofLeaves);
        var problem = !isNamed ? "The trace given is not the one that the statement names."
            : !TraceClaims.Fit(payload, KeptTrace.Of(payload.Hash, hashes, evidence.TraceLeaves ?? [])) ? "The trace tells of another run than the statement does."
            : null;
        Add(checks, StatementChecks.Trace, problem is null, "The trace has the root and length that the statement names, and tells of its run.", problem);
    }

    private static void Add(List<StatementCheck> checks, string name, bool ok, string good, string? bad) =>
        checks.Add(new StatementCheck(name, ok, ok ? good : bad ?? string.Empty));
}
