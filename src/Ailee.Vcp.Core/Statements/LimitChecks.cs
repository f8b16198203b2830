using System.Text;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>Whether any run under an invocation's limits can end as a statement says.</summary>
internal static class LimitChecks
{
    private const int PageBytes = 65536;
    private const string CommandEntrypoint = "_start";

    /// <summary>Why none can, or null.</summary>
    public static string? ProblemOf(StatementPayload payload, Invocation invocation, OutputRecord output)
    {
        var limits = invocation.Limits;
        var isFunction = invocation.FunctionArguments is not null || invocation.PassesBytes;
        return payload.Instructions > limits.Instructions ? "More instructions than the limit allows."
            : payload.Outcome == Outcome.OutOfFuel && payload.Instructions != limits.Instructions ? "Out of fuel below the limit."
            : payload.Outcome == Outcome.Completed && payload.Instructions == limits.Instructions ? "Completed with nothing left, which is out of fuel."
            : (Int128)payload.MemoryPages * PageBytes > limits.MemoryBytes ? "More memory than the limit allows."
            : output.Stdout.Length > limits.StdoutBytes || output.Stderr.Length > limits.StderrBytes ? "More output than the limit allows."
            : payload.Outcome == Outcome.OutputLimit && !IsFull(limits, output) && !LeavesFilesOut(invocation, output) && !LeavesPathsOut(invocation, output) ? "Output limit without a stream or files at their limit."
            : output.Results.Count > 0 && !(invocation.FunctionArguments is not null && payload.Outcome == Outcome.Completed) ? "Results of something other than a completed function of numbers."
            : isFunction == (payload.Entrypoint == CommandEntrypoint) ? "A command called as a function, or a function as a command."
            : ProblemOfFiles(invocation, output);
    }

    private static bool IsFull(DeterministicLimits limits, OutputRecord output) =>
        output.Stdout.Length == limits.StdoutBytes || output.Stderr.Length == limits.StderrBytes;

    /// <summary>Whether a file may have been left out for its path: there was no room for the longest that there is.</summary>
    private static bool LeavesPathsOut(Invocation invocation, OutputRecord output) =>
        invocation.Outputs.Count > 0 && PathBytes(output) + OutputFile.MaxPathBytes > OutputFile.MaxPathsBytes;

    private static long PathBytes(OutputRecord output) => output.Files.Sum(file => (long)Encoding.UTF8.GetByteCount(file.Path));

    private static string? ProblemOfFiles(Invocation invocation, OutputRecord output)
    {
        if (!OutputPatterns.TryParse(invocation.Outputs, out var patterns, out _) || !patterns.Canonical.SequenceEqual(invocation.Outputs))
        {
            return "The patterns of the outputs are not in their canonical form.";
        }

        return output.Files.Count > invocation.Limits.ScratchEntries ? "More files than the limit allows."
            : EvidenceChecks.FileBytes(output.Files) > (UInt128)invocation.Limits.ScratchBytes ? "More bytes in files than the limit allows."
            : PathBytes(output) > OutputFile.MaxPathsBytes ? "More bytes in the paths of files than a record has."
            : !output.Files.All(file => BundlePath.IsCanonical(file.Path)) ? "A file with a path that none can have."
            : HasFileBelowFile(output) ? "A file below another file."
            : !output.Files.All(file => patterns.Matches(file.Path)) ? "A file that the outputs do not name."
            : null;
    }

    // With the separator before every other character, what lies below a path follows it at once: one sort instead of a look-up for
    // every parent of every path, which strangers could make long.
    private static bool HasFileBelowFile(OutputRecord output)
    {
        var paths = output.Files.Select(file => file.Path.Replace('/', '\0')).Order(StringComparer.Ordinal).ToList();
        return paths.Zip(paths.Skip(1)).Any(pair => pair.Second.Length > pair.First.Length && pair.Second[pair.First.Length] == '\0' && pair.Second.StartsWith(pair.First, StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether a file may have been left out, for its number or for its bytes. Scratch holds no more than
    /// <see cref="DeterministicLimits.ScratchBytes"/>, so only further names of files that came back can exceed it: either such a name
    /// was left out, or two came back and made what followed too much. Files of a bundle that were moved or linked are not of scratch:
    /// of them any size can have been left out.
    /// </summary>
    private static bool LeavesFilesOut(Invocation invocation, OutputRecord output)
    {
        var limits = invocation.Limits;
        if (invocation.Outputs.Count == 0 || invocation.Bundle is not null || output.Files.Count == limits.ScratchEntries)
        {
            return invocation.Outputs.Count > 0;
        }

        var total = EvidenceChecks.FileBytes(output.Files);
        var distinct = output.Files.Select(file => file.Content).Distinct().Aggregate((UInt128)0, (sum, content) => sum + (UInt128)content.Length);
        var largest = output.Files.Aggregate((UInt128)0, (most, file) => UInt128.Max(most, (UInt128)file.Content.Length));
        return total > distinct || total + largest > (UInt128)limits.ScratchBytes;
    }
}
