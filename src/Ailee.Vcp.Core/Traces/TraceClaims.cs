using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Traces;

/// <summary>Whether a trace tells of the run that a statement is about. The root alone would commit to any bytes.</summary>
public static class TraceClaims
{
    /// <summary>
    /// True if the first and last leaf are those of the payload, and every leaf at hand between them is a block, full but for the last. That
    /// hashes and leaves belong to the root is another check.
    /// </summary>
    public static bool Fit(StatementPayload payload, KeptTrace trace)
    {
        var count = trace.LeafHashes.Count;
        return count >= 2
            && trace.LeafHashes[0] == payload.Hash.Leaf(Start(payload))
            && trace.LeafHashes[^1] == payload.Hash.Leaf(Finish(payload))
            && Enumerable.Range(1, count - 2).All(i => trace.Leaves[i] is not { } leaf || IsBlock(leaf, isLast: i == count - 2));
    }

    /// <summary>True if one leaf of the trace can be that of the payload's run.</summary>
    /// <param name="payload">The claims.</param>
    /// <param name="index">Index of the leaf, below the payload's number of leaves.</param>
    /// <param name="leaf">Its bytes.</param>
    public static bool Fit(StatementPayload payload, long index, ReadOnlyMemory<byte> leaf) =>
        index == 0 ? leaf.Span.SequenceEqual(Start(payload))
        : index == payload.TraceLeaves - 1 ? leaf.Span.SequenceEqual(Finish(payload))
        : IsBlock(leaf, isLast: index == payload.TraceLeaves - 2);

    private static byte[] Start(StatementPayload payload) =>
        TraceLeaf.Encode(new TraceItem.Start(payload.Profile, payload.Module, payload.Entrypoint, payload.Input));

    private static byte[] Finish(StatementPayload payload) =>
        TraceLeaf.Encode(new TraceItem.Finish(payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.MemoryPages));

    private static bool IsBlock(ReadOnlyMemory<byte> leaf, bool isLast) =>
        TraceLeaf.TryDecode(leaf, out _) is { } items && items[0] is TraceItem.HostCall && (isLast || items.Count == TraceLeaf.RecordsPerBlock);
}
