using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The checks against what a verifier holds beside the statement.</summary>
internal static class EvidenceChecks
{
    private const int PageBytes = 65536;
    private const string CommandEntrypoint = "_start";

    public static void Run(SignedStatement statement, Evidence evidence, List<StatementCheck> checks)
    {
        var payload = statement.Payload;
        if (evidence.Key is { } key)
        {
            var ok = key.Equals(statement.Header.Key);
            Add(checks, StatementChecks.ExpectedKey, ok, "Signed by the expected key.", $"Signed by {statement.Header.Key}, not by the expected {key}.");
        }

        if (evidence.Module is { } module)
        {
            var digest = Digest.Of(module.Span);
            Add(checks, StatementChecks.Module, digest == payload.Module, $"The module is {digest}.", $"The module given is {digest}, the statement names {payload.Module}.");
        }

        var invocation = CheckInput(payload, evidence, checks);
        var output = CheckOutput(payload, evidence, checks);
        if (invocation is not null && output is not null)
        {
            CheckGas(payload, evidence, invocation, output, checks);
            CheckLimits(payload, invocation, output, checks);
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
            if (evidence.Stdin is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Input, false, "Stdin can be checked only together with the invocation."));
            }

            return null;
        }

        // The digest first: decoding what belongs to no statement would be work for whoever sends it.
        if (Digest.Of(bytes.Span) != payload.Input)
        {
            checks.Add(new StatementCheck(StatementChecks.Input, false, "The invocation given is not the one that the statement names."));
            return null;
        }

        var invocation = Invocation.TryDecode(bytes, out var fault);
        var problem = fault?.Detail
            ?? (evidence.Stdin is { } stdin && Blob.Of(stdin.Span) != invocation!.Stdin ? "Stdin is not the one that the invocation commits to." : null);
        Add(checks, StatementChecks.Input, problem is null, "The input is the one that the statement names.", problem);
        return problem is null ? invocation : null;
    }

    private static OutputRecord? CheckOutput(StatementPayload payload, Evidence evidence, List<StatementCheck> checks)
    {
        if (evidence.Output is not { } bytes)
        {
            if (evidence.Stdout is not null || evidence.Stderr is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Output, false, "Stdout and stderr can be checked only together with the output record."));
            }

            return null;
        }

        if (Digest.Of(bytes.Span) != payload.Output)
        {
            checks.Add(new StatementCheck(StatementChecks.Output, false, "The output given is not the one that the statement names."));
            return null;
        }

        var output = OutputRecord.TryDecode(bytes, out var fault);
        var problem = fault?.Detail
            ?? (evidence.Stdout is { } stdout && Blob.Of(stdout.Span) != output!.Stdout ? "Stdout is not the one that the output commits to." : null)
            ?? (evidence.Stderr is { } stderr && Blob.Of(stderr.Span) != output!.Stderr ? "Stderr is not the one that the output commits to." : null)
            ?? ((payload.Outcome == Outcome.Trapped) != (output!.Trap is not null) ? "The output names a trap exactly if the outcome is trapped." : null);
        Add(checks, StatementChecks.Output, problem is null, "The output is the one that the statement names.", problem);
        return problem is null ? output : null;
    }

    private static void CheckGas(StatementPayload payload, Evidence evidence, Invocation invocation, OutputRecord output, List<StatementCheck> checks)
    {
        var inputBytes = (UInt128)evidence.Invocation!.Value.Length + (UInt128)invocation.Stdin.Length;
        var outputBytes = (UInt128)evidence.Output!.Value.Length + (UInt128)output.Stdout.Length + (UInt128)output.Stderr.Length;
        // 128 bits: lengths come from the evidence and may be absurd.
        var expected = (UInt128)payload.Instructions + ((UInt128)GasSchedule.MemoryPage * (UInt128)payload.MemoryPages)
            + ((UInt128)GasSchedule.InputByte * inputBytes) + ((UInt128)GasSchedule.OutputByte * outputBytes);
        var problem = expected != (UInt128)payload.Gas ? $"The schedule gives {expected}, the statement says {payload.Gas}."
            : null;
        Add(checks, StatementChecks.Gas, problem is null, "Recomputed from the schedule.", problem);
    }

    /// <summary>Whether any run under these limits can end so.</summary>
    private static void CheckLimits(StatementPayload payload, Invocation invocation, OutputRecord output, List<StatementCheck> checks)
    {
        var limits = invocation.Limits;
        var isFunction = invocation.FunctionArguments is not null;
        var full = output.Stdout.Length == limits.StdoutBytes || output.Stderr.Length == limits.StderrBytes;
        var problem = payload.Instructions > limits.Instructions ? "More instructions than the limit allows."
            : payload.Outcome == Outcome.OutOfFuel && payload.Instructions != limits.Instructions ? "Out of fuel below the limit."
            : payload.Outcome == Outcome.Completed && payload.Instructions == limits.Instructions ? "Completed with nothing left, which is out of fuel."
            : (Int128)payload.MemoryPages * PageBytes > limits.MemoryBytes ? "More memory than the limit allows."
            : output.Stdout.Length > limits.StdoutBytes || output.Stderr.Length > limits.StderrBytes ? "More output than the limit allows."
            : payload.Outcome == Outcome.OutputLimit && !full ? "Output limit without a stream at its limit."
            : output.Results.Count > 0 && !(isFunction && payload.Outcome == Outcome.Completed) ? "Results of something other than a completed function."
            : isFunction == (payload.Entrypoint == CommandEntrypoint) ? "A command called as a function, or a function as a command."
            : null;
        Add(checks, StatementChecks.Limits, problem is null, "A run under the invocation's limits can end so.", problem);
    }

    private static void CheckTrace(StatementPayload payload, Evidence evidence, List<StatementCheck> checks)
    {
        List<Digest> ofLeaves = [.. (evidence.TraceLeaves ?? []).Select(leaf => MerkleHash.Leaf(leaf.Span))];
        var hashes = evidence.TraceHashes ?? ofLeaves;
        var tree = new MerkleTreeBuilder();
        foreach (var hash in hashes)
        {
            tree.Append(hash);
        }

        var ok = tree.Count == payload.TraceLeaves && tree.Root() == payload.TraceRoot && hashes.Take(ofLeaves.Count).SequenceEqual(ofLeaves);
        Add(checks, StatementChecks.Trace, ok, "The trace has the root and length that the statement names.", "The trace given is not the one that the statement names.");
    }

    private static void Add(List<StatementCheck> checks, string name, bool ok, string good, string? bad) =>
        checks.Add(new StatementCheck(name, ok, ok ? good : bad ?? string.Empty));
}
