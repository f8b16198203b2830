namespace Ailee.Vcp.Core.Traces;

/// <summary>Where two runs part.</summary>
/// <param name="Leaf">Index of the leaf.</param>
/// <param name="Record">Number of the host call, counted from 0 through the whole trace; null if the runs part at their start or end.</param>
/// <param name="Field">What differs, one of <see cref="TraceFields"/>.</param>
/// <param name="First">What the first run did there; null if its leaf is not at hand.</param>
/// <param name="Second">What the second run did there; null if its leaf is not at hand.</param>
public sealed record TraceDifference(int Leaf, long? Record, string Field, TraceItem? First, TraceItem? Second);

/// <summary>What can differ.</summary>
public static class TraceFields
{
    /// <summary>A leaf, of which no more is at hand than the hashes.</summary>
    public const string Leaf = "leaf";

    /// <summary>One run ended where the other made a call.</summary>
    public const string End = "end";

    /// <summary>The function called.</summary>
    public const string Name = "name";

    /// <summary>Its arguments.</summary>
    public const string Arguments = "arguments";

    /// <summary>What it answered.</summary>
    public const string Errno = "errno";

    /// <summary>The bytes moved.</summary>
    public const string Moved = "moved";

    /// <summary>Instructions used.</summary>
    public const string Instructions = "instructions";

    /// <summary>What the guest did in the end.</summary>
    public const string Outcome = "outcome";

    /// <summary>Its exit code.</summary>
    public const string ExitCode = "exitCode";

    /// <summary>Its output.</summary>
    public const string Output = "output";

    /// <summary>Its memory at the end.</summary>
    public const string MemoryPages = "memoryPages";

    /// <summary>What it ran on.</summary>
    public const string Profile = "profile";

    /// <summary>The module.</summary>
    public const string Module = "module";

    /// <summary>The export that was called.</summary>
    public const string Entrypoint = "entrypoint";

    /// <summary>What it was given.</summary>
    public const string Input = "input";
}

/// <summary>Finds where two runs part. Pure; equal leaves are passed over by their hashes.</summary>
public static class TraceComparison
{
    /// <summary>
    /// The first thing that the guests did differently, or null if the traces are equal. Starts are compared last: runs of
    /// different inputs always start differently, and the question is what came of it.
    /// </summary>
    public static TraceDifference? FirstDifference(KeptTrace first, KeptTrace second)
    {
        if (FirstDifferingLeaf(first.LeafHashes, second.LeafHashes) is not { } index)
        {
            return null;
        }

        if (Items(first, index) is not { } ours || Items(second, index) is not { } theirs)
        {
            return new TraceDifference(index, null, TraceFields.Leaf, null, null);
        }

        for (var i = 0; i < Math.Max(ours.Count, theirs.Count); i++)
        {
            // A block that is shorter than the other's is the run's last: after it comes the finish.
            var (mine, other) = (At(first, index, ours, i), At(second, index, theirs, i));
            if (FieldOf(mine, other) is { } field)
            {
                long? record = mine is TraceItem.HostCall || other is TraceItem.HostCall ? ((index - 1L) * TraceLeaf.RecordsPerBlock) + i : null;
                return new TraceDifference(index, record, field, mine, other);
            }
        }

        // Only bytes that no recorder writes decode to the same items and hash differently.
        return new TraceDifference(index, null, TraceFields.Leaf, null, null);
    }

    /// <summary>Index of the first leaf after the start in which the traces differ; 0 if only the starts do; null if none does.</summary>
    public static int? FirstDifferingLeaf(IReadOnlyList<Digest> first, IReadOnlyList<Digest> second)
    {
        var shared = Math.Min(first.Count, second.Count);
        for (var leaf = 1; leaf < shared; leaf++)
        {
            if (first[leaf] != second[leaf])
            {
                return leaf;
            }
        }

        return first.Count != second.Count ? shared : first.Count > 0 && first[0] != second[0] ? 0 : null;
    }

    private static IReadOnlyList<TraceItem>? Items(KeptTrace trace, int index) =>
        index < trace.Leaves.Count && trace.Leaves[index] is { } leaf ? TraceLeaf.TryDecode(leaf, out _) : null;

    private static TraceItem? At(KeptTrace trace, int leaf, IReadOnlyList<TraceItem> items, int index) =>
        index < items.Count ? items[index] : index == items.Count ? Items(trace, leaf + 1)?[0] : null;

    private static string? FieldOf(TraceItem? first, TraceItem? second) => (first, second) switch
    {
        (TraceItem.HostCall ours, TraceItem.HostCall theirs) => FieldOf(ours, theirs),
        (TraceItem.Finish ours, TraceItem.Finish theirs) => FieldOf(ours, theirs),
        (TraceItem.Start ours, TraceItem.Start theirs) => FieldOf(ours, theirs),
        _ => TraceFields.End,
    };

    private static string? FieldOf(TraceItem.HostCall first, TraceItem.HostCall second) =>
        first.Name != second.Name ? TraceFields.Name
        : !first.Arguments.SequenceEqual(second.Arguments) ? TraceFields.Arguments
        : first.Errno != second.Errno ? TraceFields.Errno
        : first.Moved != second.Moved ? TraceFields.Moved
        : first.Instructions != second.Instructions ? TraceFields.Instructions
        : null;

    private static string? FieldOf(TraceItem.Finish first, TraceItem.Finish second) =>
        first.Outcome != second.Outcome ? TraceFields.Outcome
        : first.ExitCode != second.ExitCode ? TraceFields.ExitCode
        : first.Output != second.Output ? TraceFields.Output
        : first.Instructions != second.Instructions ? TraceFields.Instructions
        : first.MemoryPages != second.MemoryPages ? TraceFields.MemoryPages
        : null;

    private static string? FieldOf(TraceItem.Start first, TraceItem.Start second) =>
        first.Profile != second.Profile ? TraceFields.Profile
        : first.Module != second.Module ? TraceFields.Module
        : first.Entrypoint != second.Entrypoint ? TraceFields.Entrypoint
        : first.Input != second.Input ? TraceFields.Input
        : null;
}
